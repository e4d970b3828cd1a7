import { toHex, type Hex } from '../lib/bytes.ts'
import { unreachable } from '../lib/unreachable.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import { decodeTransaction, type Output, type Transaction } from '../plasma/transaction.ts'
import type { Address, Hash, Timestamp, UtxoPos } from '../plasma/units.ts'
import { challengeCanonicity, respondToChallenge, type Canonicity } from './canonicity.ts'
import type { At, ExitGameEvent, Side } from './contract-event.ts'
import { hasSeen, placeOf, type History } from './history.ts'
import { advancePiggyback, type Piggyback, type PiggybackStep } from './piggyback.ts'

/** An output that the in-flight transaction spends, and the raw transaction that created it. */
type InFlightInput = { utxoPos: UtxoPos; creatingTx: Uint8Array; output: Output }

/** An entry of a token's exit queue. It outlives a deletion of the exit, and would process a restarted one. */
export type Queued = { token: Address; piggybackedAt: Timestamp }

/** A piece that was paid in this or an earlier life of the exit. */
type Paid = { side: Side; index: number; at: At }

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
  queue: readonly Queued[]
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
  const decoded = decodeTransaction(event.inFlightTx)
  const inputs = readInputs(event)
  if (!decoded.ok || !inputs) return undefined
  const readLate = event.contractTimestamp === 0n
  return {
    exitId: event.exitId,
    txHash: event.txHash,
    transaction: { ...decoded.value, raw: event.inFlightTx, txHash: event.txHash },
    txBytes: toHex(event.inFlightTx),
    signatures: event.signatures,
    inputs,
    initiator: event.initiator,
    started: placeOf(event),
    status: readLate ? 'settled' : 'open',
    readLate,
    canonicity: { status: 'unchallenged' },
    piggybacks: { input: inputs.map(absent), output: decoded.value.outputs.map(absent) },
    queue: [],
    paid: [],
    history: [event.occurrence],
  }
}

/** Folds one event of this exit into it. An event seen before changes nothing; a new start opens a new life. */
export function advanceInFlightExit(exit: InFlightExit, event: InFlightExitEvent): InFlightExit {
  if (hasSeen(exit.history, event)) return exit
  const history = [...exit.history, event.occurrence]
  if (event.type !== 'InFlightExitStarted') return { ...withEvent(exit, event), history }
  const restarted = openInFlightExit(event)
  return restarted ? { ...restarted, queue: exit.queue, paid: exit.paid, history } : exit
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
      return queued(stepped(exit, event, 'claim'), event)
    case 'InFlightExitBlocked':
      return stepped(exit, event, 'block')
    case 'InFlightExitChallenged':
      return { ...exit, canonicity: challengeCanonicity(event.competitorPosition, event) }
    case 'InFlightExitChallengeResponded':
      return { ...exit, canonicity: respondToChallenge(event.challengePosition, event) }
    case 'InFlightExitWithdrawn':
      return withdrawn(exit, event)
    case 'InFlightExitOmitted':
      return omitted(exit, event.token)
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

/** The first piggyback on a token puts the exit into that token's queue. */
function queued(exit: InFlightExit, { side, index, timestamp }: Piece): InFlightExit {
  const token = pieceOutput(exit, side, index)?.currency
  if (token === undefined || exit.queue.some((entry) => entry.token === token)) return exit
  return { ...exit, queue: [...exit.queue, { token, piggybackedAt: timestamp }] }
}

/** A payment says that the whole token was processed: pieces of it that nobody paid are done as well. */
function withdrawn(exit: InFlightExit, event: Piece): InFlightExit {
  const token = pieceOutput(exit, event.side, event.index)?.currency
  if (token === undefined) return exit
  const paid = stepped(exit, event, 'pay')
  const piggybacks = {
    input: passedOver(paid, { token, side: 'input', at: event }),
    output: passedOver(paid, { token, side: 'output', at: event }),
  }
  const claims = [...piggybacks.input, ...piggybacks.output].some(({ status }) => status === 'claimed')
  return {
    ...paid,
    piggybacks,
    status: exit.status === 'open' && !claims ? 'settled' : exit.status,
    queue: without(exit.queue, token),
    paid: [...exit.paid, { side: event.side, index: event.index, at: placeOf(event) }],
  }
}

/** A queue entry was removed that had no exit any more. */
function omitted(exit: InFlightExit, token: Address): InFlightExit {
  return { ...exit, status: exit.status === 'open' ? 'settled' : exit.status, queue: without(exit.queue, token) }
}

function passedOver(exit: InFlightExit, { token, side, at }: { token: Address; side: Side; at: At }): Piggyback[] {
  return exit.piggybacks[side].map((piggyback, index) =>
    piggyback.status === 'claimed' && pieceOutput(exit, side, index)?.currency === token
      ? advancePiggyback(piggyback, 'pass_over', at)
      : piggyback,
  )
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

function without(queue: readonly Queued[], token: Address): readonly Queued[] {
  return queue.filter((entry) => entry.token !== token)
}
