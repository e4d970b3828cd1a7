import type { Hex } from '../lib/bytes.ts'
import { decodeUtxoPos, encodeUtxoPos } from '../plasma/position.ts'
import type { Hash, Timestamp, UtxoPos } from '../plasma/units.ts'
import type { Occurrence, At, Side } from './contract-event.ts'
import { inFlightExitableAt } from './deadlines.ts'
import type { Place } from '../plasma/ledger.ts'
import { youngestInput, type InFlightExit, type Queued } from './in-flight-exit.ts'
import type { JudgeTime } from './judge-time.ts'
import type { Facts } from './spends.ts'

/** An in-flight exit under judgement. `inclusion`: where a block holds its transaction. */
export type Judgement = { exit: InFlightExit; facts: Facts; time: JudgeTime; inclusion: Place | undefined }

/** What every condition of the exit says of it, standing on one of its logs. */
export function aboutExit(
  { exitId, txHash, txBytes }: InFlightExit,
  { occurrence, blockNumber }: At,
): { occurrence: Occurrence; ethHeight: bigint; exitId: bigint; txHash: Hash; txBytes: Hex } {
  return { occurrence, ethHeight: blockNumber, exitId, txHash, txBytes }
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
