import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { standardExitId } from '../../src/exit-game/exit-id.ts'
import { decodeUtxoPos, encodeUtxoPos, isDepositBlock } from '../../src/plasma/position.ts'
import type { Output, SignedTransaction } from '../../src/plasma/transaction.ts'
import type { Address, Hash, Timestamp, UtxoPos } from '../../src/plasma/units.ts'
import {
  atHeight,
  blocked,
  challengedBy,
  exitStarted,
  inFlightExitStarted,
  MEP,
  NOT_INCLUDED,
  piggybacked,
  timeOf,
  withdrawn,
  type ChildChain,
} from '../support/exits.ts'

export type PieceName = { side: 'input' | 'output'; index: number }

type StandardExit = { utxoPos: UtxoPos; outputId: string; exitable: boolean; token: Address }

type Side = { outputId: string; output: Output; claimed: boolean; position: UtxoPos | undefined }

type InFlightExit = {
  tx: SignedTransaction
  exitId: bigint
  startedAt: Timestamp
  isCanonical: boolean
  oldestCompetitor: bigint
  input: readonly Side[]
  output: readonly Side[]
}

type Queued = { exitableAt: bigint; position: UtxoPos; exitId: bigint; run: () => void }

/**
 * The exit game's contract, as contracts.md 5, 8 and 9 tell it, over blocks that are older than every exit. It refuses
 * what the contract refuses, and says what the contract says; what it pays out is taken from the operator's ledger.
 */
export function contractModel(chain: ChildChain, say: (event: ExitGameEvent) => void) {
  let height = 100
  const standard = new Map<bigint, StandardExit>()
  const inFlight = new Map<Hash, InFlightExit>()
  const queues = new Map<Address, Queued[]>()
  const finalizedBy = new Map<string, bigint>()

  const now = () => timeOf(height)
  const next = () => ++height

  function pay(exitId: bigint, positions: readonly (UtxoPos | undefined)[], outputIds: readonly string[]): void {
    for (const outputId of outputIds) if (!finalizedBy.has(outputId)) finalizedBy.set(outputId, exitId)
    chain.ledger.exit(positions.flatMap((position) => position ?? []))
  }

  function enqueue(token: Address, entry: Queued): void {
    queues.set(token, [...(queues.get(token) ?? []), entry].sort(byPriority))
  }

  function startStandardExit(utxoPos: UtxoPos): bigint {
    const exitId = standardExitId(chain.creating(utxoPos), utxoPos)
    const outputId = outputIdOf(chain, utxoPos)
    refuseIf(standard.has(exitId), 'Exit has already started')
    refuseIf(finalizedBy.has(outputId), 'Output is already spent')
    const token = chain.output(utxoPos).currency
    standard.set(exitId, { utxoPos, outputId, exitable: true, token })
    say(exitStarted(chain, utxoPos, next()))
    const run = () => {
      processStandardExit(exitId)
    }
    enqueue(token, { exitableAt: now() + MEP, position: utxoPos, exitId, run })
    return exitId
  }

  function processStandardExit(exitId: bigint): void {
    const exit = standard.get(exitId)
    standard.delete(exitId)
    if (!exit?.exitable || finalizedBy.has(exit.outputId)) {
      say({ ...atHeight(height), type: 'ExitOmitted', exitId })
      return
    }
    pay(exitId, [exit.utxoPos], [exit.outputId])
    say({ ...atHeight(height), type: 'ExitFinalized', exitId })
  }

  function existing(txHash: Hash): InFlightExit {
    const exit = inFlight.get(txHash)
    if (!exit) throw new RefusedError('In-flight exit does not exist')
    return exit
  }

  function existingInPhaseOne(txHash: Hash): InFlightExit {
    const exit = existing(txHash)
    refuseIf(now() - exit.startedAt >= MEP / 2n, 'phase 1 has ended')
    return exit
  }

  function startInFlightExit(tx: SignedTransaction): void {
    const { txHash, inputs, outputs } = tx.transaction
    refuseIf(inFlight.has(txHash), 'There is an active in-flight exit from this transaction')
    const event = inFlightExitStarted(chain, tx, next())
    inFlight.set(txHash, {
      tx,
      exitId: event.exitId,
      startedAt: now(),
      isCanonical: true,
      oldestCompetitor: 0n,
      input: inputs.map((utxoPos) => sideOf(outputIdOf(chain, utxoPos), chain.output(utxoPos), utxoPos)),
      output: outputs.map((output, index) => sideOf(`${txHash} ${index}`, output, undefined)),
    })
    say(event)
  }

  function piggyback(tx: SignedTransaction, { side, index }: PieceName): void {
    next()
    const exit = existingInPhaseOne(tx.transaction.txHash)
    const piece = exit[side][index]
    if (!piece || piece.claimed) throw new RefusedError('already piggybacked')
    const token = piece.output.currency
    const queued = [...exit.input, ...exit.output].some((each) => each.claimed && each.output.currency === token)
    piece.claimed = true
    say(piggybacked(tx, { side, index }, height))
    if (queued) return
    const position = exit.tx.transaction.inputs.reduce((youngest, input) => (input > youngest ? input : youngest))
    const run = () => {
      processInFlightExit(exit.exitId, tx, token)
    }
    enqueue(token, { exitableAt: now() + MEP, position, exitId: exit.exitId, run })
  }

  function paidSide({ isCanonical, input, exitId }: InFlightExit): 'input' | 'output' {
    const isTakenByOther = input.some(({ outputId }) => (finalizedBy.get(outputId) ?? exitId) !== exitId)
    return isCanonical && !isTakenByOther ? 'output' : 'input'
  }

  /** Where nothing was paid the child chain has lost nothing: the transaction may still get into a block. */
  function settle({ exitId, tx, output }: InFlightExit, flagged: readonly Side[], isPaid: boolean): void {
    const place = chain.evidence.inclusion(tx.transaction)
    const positions = flagged.map((each) => {
      const outputIndex = output.indexOf(each)
      return each.position ?? (place && encodeUtxoPos({ ...place, outputIndex }))
    })
    const outputIds = flagged.map(({ outputId }) => outputId)
    pay(exitId, isPaid ? positions : [], outputIds)
  }

  function processInFlightExit(exitId: bigint, tx: SignedTransaction, token: Address): void {
    const exit = inFlight.get(tx.transaction.txHash)
    if (!exit) {
      say({ ...atHeight(height), type: 'InFlightExitOmitted', exitId, token })
      return
    }
    const ofToken = ({ output }: Side) => output.currency === token
    const side = paidSide(exit)
    const due = exit[side].filter((each) => each.claimed && ofToken(each) && !finalizedBy.has(each.outputId))
    settle(exit, side === 'output' ? [...exit.input, ...due] : due, due.length > 0)
    for (const each of due) say(withdrawn(tx, { side, index: exit[side].indexOf(each) }, height))
    const pieces = [...exit.input, ...exit.output]
    for (const each of pieces.filter(ofToken)) each.claimed = false
    if (!pieces.some(({ claimed }) => claimed)) inFlight.delete(tx.transaction.txHash)
  }

  return {
    now,
    height: () => height,
    pass: (blocks: number) => {
      height += blocks
    },
    startStandardExit,
    startInFlightExit,
    piggyback,
    challengeStandardExit: (exitId: bigint) => {
      const exit = standard.get(exitId)
      if (!exit?.exitable) throw new RefusedError('The exit does not exist')
      exit.exitable = false
      say({ ...atHeight(next()), type: 'ExitChallenged', utxoPos: exit.utxoPos })
    },
    challengeNotCanonical: (tx: SignedTransaction, competitor: SignedTransaction, position = NOT_INCLUDED) => {
      next()
      const exit = existingInPhaseOne(tx.transaction.txHash)
      refuseIf(exit.oldestCompetitor !== 0n && position >= exit.oldestCompetitor, 'not older')
      exit.isCanonical = false
      exit.oldestCompetitor = position
      const shared = tx.transaction.inputs.find((input) => competitor.transaction.inputs.includes(input))
      const inputIndex = shared === undefined ? 0 : competitor.transaction.inputs.indexOf(shared)
      say(challengedBy(tx, competitor, { height, position, inputIndex }))
    },
    respond: (tx: SignedTransaction, position: bigint) => {
      next()
      const exit = existing(tx.transaction.txHash)
      refuseIf(position >= exit.oldestCompetitor, 'not older')
      exit.isCanonical = true
      exit.oldestCompetitor = position
      const { txHash } = tx.transaction
      const challenger = `0x${'44'.repeat(20)}` as Address
      say({
        ...atHeight(height),
        type: 'InFlightExitChallengeResponded',
        txHash,
        challenger,
        challengePosition: position,
      })
    },
    block: (tx: SignedTransaction, { side, index }: PieceName) => {
      next()
      const piece = existing(tx.transaction.txHash)[side][index]
      if (!piece?.claimed) throw new RefusedError('not piggybacked')
      piece.claimed = false
      say(blocked(tx, { side, index }, height))
    },
    deleteInFlightExit: (tx: SignedTransaction) => {
      next()
      const exit = existing(tx.transaction.txHash)
      refuseIf(now() - exit.startedAt < MEP / 2n, 'still in first phase')
      refuseIf(
        [...exit.input, ...exit.output].some(({ claimed }) => claimed),
        'piggybacked',
      )
      inFlight.delete(tx.transaction.txHash)
      say({ ...atHeight(height), type: 'InFlightExitDeleted', exitId: exit.exitId })
    },
    /** Everything that is due. */
    processExits: (token: Address) => {
      next()
      for (;;) {
        const [first, ...rest] = queues.get(token) ?? []
        if (!first || first.exitableAt >= now()) return
        queues.set(token, rest)
        first.run()
      }
    },
  }
}

/** What the contract refuses; whoever plays at random tries it and goes on. */
export class RefusedError extends Error {}

function refuseIf(refused: boolean, reason: string): void {
  if (refused) throw new RefusedError(reason)
}

function sideOf(outputId: string, output: Output, position: UtxoPos | undefined): Side {
  return { outputId, output, claimed: false, position }
}

/** Deposits may be equal, so their position is part of their name; other outputs are named by their transaction. */
function outputIdOf(chain: ChildChain, utxoPos: UtxoPos): string {
  const { blknum, txIndex, outputIndex } = decodeUtxoPos(utxoPos)
  if (isDepositBlock(blknum)) return `deposit ${utxoPos}`
  const creating = chain.evidence.signedTransaction({ blknum, txIndex })
  if (!creating) throw new Error(`nothing at ${utxoPos}`)
  return `${creating.transaction.txHash} ${outputIndex}`
}

function byPriority(left: Queued, right: Queued): number {
  if (left.exitableAt !== right.exitableAt) return left.exitableAt < right.exitableAt ? -1 : 1
  if (left.position !== right.position) return left.position < right.position ? -1 : 1
  return left.exitId < right.exitId ? -1 : 1
}
