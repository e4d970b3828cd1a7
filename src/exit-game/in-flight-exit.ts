import { toHex, type Hex } from '../lib/bytes.ts'
import { unreachable } from '../lib/unreachable.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import { decodeTransaction, type Output, type Transaction } from '../plasma/transaction.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import { challengeCanonicity, respondToChallenge, type Canonicity } from './canonicity.ts'
import type { At, ExitGameEvent, Side } from './contract-event.ts'
import { hasSeen, placeOf, type History } from './history.ts'
import { withoutNext, type Queue } from './exit-queue.ts'
import { advancePiggyback, claimOf, type Piggyback, type PiggybackStep } from './piggyback.ts'

/** An output that the in-flight transaction spends, and the raw transaction that created it. */
type InFlightInput = { utxoPos: UtxoPos; creatingTx: Uint8Array; output: Output }

/** A piece that was paid in this or an earlier life of the exit, for which `claimed` is the piggyback. */
type Paid = { side: Side; index: number; claimed: At; paid: At }

/** An in-flight exit, from the log that started it, over all its lives: once the contract is done it may start again. */
export type InFlightExit = {
  exitId: bigint
  txHash: Hash
  transaction: Transaction
  /** The raw transaction as text, which every condition of the exit carries. */
  txBytes: Hex
  /** As the exit was started with them, in input order. */
  signatures: readonly Uint8Array[]
  inputs: readonly InFlightInput[]
  initiator: Address
  started: At
  /** `settled`: the contract keeps nothing of it any more. */
  status: 'open' | 'settled' | 'deleted'
  /** Whether the contract was done with it already when its start was read. */
  readLate: boolean
  canonicity: Canonicity
  piggybacks: Readonly<Record<Side, readonly Piggyback[]>>
  queue: Queue
  paid: readonly Paid[]
  history: History
}

type Of<Type extends ExitGameEvent['type']> = Extract<ExitGameEvent, { type: Type }>
type Start = Of<'InFlightExitStarted'>
type Later = Exclude<InFlightExitEvent, Start>

/** The events that speak of one in-flight exit. */
export type InFlightExitEvent = Of<
  | 'InFlightExitStarted'
  | 'InFlightExitPiggybacked'
  | 'InFlightExitBlocked'
  | 'InFlightExitChallenged'
  | 'InFlightExitChallengeResponded'
  | 'InFlightExitWithdrawn'
  | 'InFlightExitOmitted'
  | 'InFlightExitDeleted'
>

/** An in-flight exit as its start shows it; undefined when the calldata is not what the contract can have accepted. */
export function openInFlightExit(event: Start): InFlightExit | undefined {
  const transaction = inFlightTransaction(event)
  const inputs = readInputs(event)
  if (!transaction || !inputs) return undefined
  const readLate = event.contractTimestamp === 0n
  return {
    exitId: event.exitId,
    txHash: event.txHash,
    transaction,
    txBytes: toHex(event.inFlightTx),
    signatures: event.signatures,
    inputs,
    initiator: event.initiator,
    started: placeOf(event),
    status: readLate ? 'settled' : 'open',
    readLate,
    canonicity: { status: 'unchallenged' },
    piggybacks: { input: inputs.map(absent), output: transaction.outputs.map(absent) },
    queue: [],
    paid: [],
    history: [event.occurrence],
  }
}

/** The in-flight transaction that a start names; undefined when its calldata holds none. */
export function inFlightTransaction({ inFlightTx: raw, txHash }: Start): Transaction | undefined {
  const decoded = decodeTransaction(raw)
  return decoded.ok ? { ...decoded.value, raw, txHash } : undefined
}

/** Folds one event of this exit into it. An event seen before changes nothing; a new start opens a new life. */
export function advanceInFlightExit(exit: InFlightExit, event: InFlightExitEvent): InFlightExit {
  if (hasSeen(exit.history, event)) return exit
  const history = [...exit.history, event.occurrence]
  if (event.type !== 'InFlightExitStarted') return { ...withEvent(exit, event), history }
  const restarted = openInFlightExit(event)
  return restarted ? { ...restarted, queue: queueAfterEnd(exit), paid: exit.paid, history } : exit
}

/** The output that a piece of the exit would pay: an input's, or one of the in-flight transaction's own. */
export function pieceOutput(exit: InFlightExit, side: Side, index: number): Output | undefined {
  return side === 'input' ? exit.inputs[index]?.output : exit.transaction.outputs[index]
}

/** The input whose creating transaction is the youngest: its age is the exit's age. */
export function youngestInput(exit: InFlightExit): UtxoPos | undefined {
  let youngest: UtxoPos | undefined
  for (const { utxoPos } of exit.inputs) if (youngest === undefined || utxoPos > youngest) youngest = utxoPos
  return youngest
}

function withEvent(exit: InFlightExit, event: Later): InFlightExit {
  switch (event.type) {
    case 'InFlightExitPiggybacked':
      return { ...stepped(exit, event, 'claim'), queue: queueAfterClaim(exit, event) }
    case 'InFlightExitBlocked':
      return stepped(exit, event, 'block')
    case 'InFlightExitChallenged':
      return { ...exit, canonicity: challengeCanonicity(event.competitorPosition, event) }
    case 'InFlightExitChallengeResponded':
      return { ...exit, canonicity: respondToChallenge(event.challengePosition, event) }
    case 'InFlightExitWithdrawn':
      return withdrawn(exit, event)
    case 'InFlightExitOmitted':
      return omitted(exit, event)
    case 'InFlightExitDeleted':
      return { ...exit, status: 'deleted' }
    default:
      return unreachable(event)
  }
}

type Piece = At & { side: Side; index: number }

function stepped(exit: InFlightExit, piece: Piece, step: PiggybackStep): InFlightExit {
  const pieces = exit.piggybacks[piece.side].map((piggyback, index) =>
    index === piece.index ? advancePiggyback(piggyback, step, piece) : piggyback,
  )
  return { ...exit, piggybacks: { ...exit.piggybacks, [piece.side]: pieces } }
}

/** A piggyback on a token that has no other puts the exit into that token's queue, be it the first or not. */
function queueAfterClaim(exit: InFlightExit, { side, index, timestamp }: Piece): Queue {
  const token = pieceOutput(exit, side, index)?.currency
  if (token === undefined || claimedTokens(exit).has(token)) return exit.queue
  return [...exit.queue, { token, piggybackedAt: timestamp }]
}

/** A payment says that the whole token was processed: pieces of it that nobody paid are done as well. */
function withdrawn(exit: InFlightExit, event: Piece): InFlightExit {
  const { side, index } = event
  const token = pieceOutput(exit, side, index)?.currency
  const piggyback = exit.piggybacks[side][index]
  if (token === undefined || !piggyback || piggyback.status === 'paid') return exit
  const claimed = claimOf(piggyback) ?? placeOf(event)
  const piggybacks = passedOver(stepped(exit, event, 'pay'), event, new Set([token]))
  const isOver = claimedTokens({ ...exit, piggybacks }).size === 0
  return {
    ...exit,
    piggybacks,
    status: isOver ? over(exit) : exit.status,
    // Only the first payment of a processing finds something claimed.
    queue: claimedTokens(exit).has(token) ? withoutNext(exit.queue, token) : exit.queue,
    paid: [...exit.paid, { side, index, claimed, paid: placeOf(event) }],
  }
}

function over({ status }: InFlightExit): InFlightExit['status'] {
  return status === 'open' ? 'settled' : status
}

/** A queue entry was removed that had no exit any more: whatever was piggybacked has been processed without a word. */
function omitted(exit: InFlightExit, event: At & { token: Address }): InFlightExit {
  return {
    ...exit,
    piggybacks: passedOver(exit, event, claimedTokens(exit)),
    status: over(exit),
    queue: withoutNext(queueAfterEnd(exit), event.token),
  }
}

/** What is left of the queue when the contract has nothing of the exit any more: it processed every claimed token. */
function queueAfterEnd(exit: InFlightExit): Queue {
  return [...claimedTokens(exit)].reduce(withoutNext, exit.queue)
}

/** The tokens of which something is piggybacked right now. */
function claimedTokens(exit: InFlightExit): ReadonlySet<Address> {
  const tokens = new Set<Address>()
  for (const side of ['input', 'output'] as const) {
    for (const [index, { status }] of exit.piggybacks[side].entries()) {
      const token = status === 'claimed' ? pieceOutput(exit, side, index)?.currency : undefined
      if (token !== undefined) tokens.add(token)
    }
  }
  return tokens
}

function passedOver(exit: InFlightExit, at: At, tokens: ReadonlySet<Address>): InFlightExit['piggybacks'] {
  const onSide = (side: Side) =>
    exit.piggybacks[side].map((piggyback, index) => {
      const token = pieceOutput(exit, side, index)?.currency
      const isDone = piggyback.status === 'claimed' && token !== undefined && tokens.has(token)
      return isDone ? advancePiggyback(piggyback, 'pass_over', at) : piggyback
    })
  return { input: onSide('input'), output: onSide('output') }
}

function readInputs({ inputTxs, inputUtxosPos }: Start): InFlightInput[] | undefined {
  const inputs: InFlightInput[] = []
  for (const [at, utxoPos] of inputUtxosPos.entries()) {
    const creatingTx = inputTxs[at]
    const decoded = creatingTx && decodeTransaction(creatingTx)
    const output = decoded?.ok ? decoded.value.outputs[decodeUtxoPos(utxoPos).outputIndex] : undefined
    if (!creatingTx || !output) return undefined
    inputs.push({ utxoPos, creatingTx, output })
  }
  return inputs
}

function absent(): Piggyback {
  return { status: 'absent' }
}
