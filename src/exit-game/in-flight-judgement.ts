import type { Hex } from '../lib/bytes.ts'
import { decodeUtxoPos, encodeUtxoPos } from '../plasma/position.ts'
import type { Hash, Timestamp, UtxoPos } from '../plasma/units.ts'
import type { Occurrence, At, Side } from './contract-event.ts'
import { inputSpends } from './competitor.ts'
import { inFlightExitableAt } from './deadlines.ts'
import type { Queued } from './exit-queue.ts'
import type { Place } from '../plasma/ledger.ts'
import { youngestInput, type InFlightExit } from './in-flight-exit.ts'
import type { JudgeTime } from './judge-time.ts'
import type { Facts, Spend } from './spends.ts'

/** An in-flight exit under judgement, with what everything about it asks of the child chain. */
export type Judgement = {
  exit: InFlightExit
  facts: Facts
  time: JudgeTime
  /** Where a block holds its transaction. */
  inclusion: Place | undefined
  /** Of each input, in order: what else spends it. */
  spends: readonly (readonly Spend[])[]
}

export function judgementOf(exit: InFlightExit, facts: Facts, time: JudgeTime): Judgement {
  return { exit, facts, time, inclusion: facts.evidence.inclusion(exit.transaction), spends: inputSpends(exit, facts) }
}

/** What every condition of the exit says of it, standing on one of its logs. */
export function aboutExit(
  { exitId, txHash, txBytes }: InFlightExit,
  { occurrence, blockNumber, timestamp }: At,
): { occurrence: Occurrence; ethHeight: bigint; since: Timestamp; exitId: bigint; txHash: Hash; txBytes: Hex } {
  return { occurrence, ethHeight: blockNumber, since: timestamp, exitId, txHash, txBytes }
}

/** The marks of a condition that a call can still answer until `deadline`, or that none can. */
export function answerUntil(
  exit: InFlightExit,
  deadline: Timestamp | undefined,
): { deadline?: Timestamp; settled?: true } {
  if (exit.status !== 'open') return { settled: true }
  return deadline === undefined ? {} : { deadline }
}

/** The chain second after which one of the exit's queue entries may be processed. */
export function exitableAt({ exit, facts, time }: Judgement, { piggybackedAt }: Queued): Timestamp {
  const youngest = youngestInput(exit)
  return inFlightExitableAt({
    firstPiggybackAt: piggybackedAt,
    youngestInputAt: youngest === undefined ? undefined : facts.evidence.blockTimestamp(decodeUtxoPos(youngest).blknum),
    minExitPeriod: time.minExitPeriod,
  })
}

/** Whether an entry may be processed now. The block's time is asked for only when it can matter. */
export function isExitable(judgement: Judgement, entry: Queued): boolean {
  const { now, minExitPeriod } = judgement.time
  return now > entry.piggybackedAt + minExitPeriod && now > exitableAt(judgement, entry)
}

/** The first second at which any token of the exit may be processed; undefined while none is queued. */
export function firstExitableAt(judgement: Judgement): Timestamp | undefined {
  let first: Timestamp | undefined
  for (const entry of judgement.exit.queue) {
    const at = exitableAt(judgement, entry)
    if (first === undefined || at < first) first = at
  }
  return first
}

/** Where the output of a piece lies: an input always somewhere, an own output once a block holds the transaction. */
export function piecePosition(
  exit: InFlightExit,
  inclusion: Place | undefined,
  { side, index }: { side: Side; index: number },
): UtxoPos | undefined {
  if (side === 'input') return exit.inputs[index]?.utxoPos
  return inclusion && encodeUtxoPos({ ...inclusion, outputIndex: index })
}
