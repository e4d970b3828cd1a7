import { decodeUtxoPos, isDepositBlock } from '../plasma/position.ts'
import type { Seconds, Timestamp, UtxoPos } from '../plasma/units.ts'

type StandardExitClock = {
  utxoPos: UtxoPos
  startedAt: Timestamp
  /** Of the block that holds the output. When unknown, the earliest time that any block would give. */
  outputAt: Timestamp | undefined
  minExitPeriod: Seconds
}

/**
 * The chain second after which a standard exit may be processed, and up to which a challenge is safe
 * (contracts v1.0.4, `ExitableTimestamp`). A deposit waits one period, any other output two from its block.
 *
 * @example
 * // MEP 600, output's block at 1000, started at 2000: max(1000 + 1200, 2000 + 600) = 2600
 */
export function standardExitableAt({ utxoPos, startedAt, outputAt, minExitPeriod }: StandardExitClock): Timestamp {
  const fromStart = startedAt + minExitPeriod
  if (isDepositBlock(decodeUtxoPos(utxoPos).blknum)) return timestamp(fromStart)
  return later(fromStart, outputAt, minExitPeriod)
}

type InFlightExitClock = {
  /** When the first piggyback on a piece of the token was mined; starting the exit does not queue it. */
  firstPiggybackAt: Timestamp
  /** Of the block that holds the youngest input; deposits get no discount here. */
  youngestInputAt: Timestamp | undefined
  minExitPeriod: Seconds
}

/** The chain second after which one token of an in-flight exit may be processed (contracts v1.0.4, section 8). */
export function inFlightExitableAt({ firstPiggybackAt, youngestInputAt, minExitPeriod }: InFlightExitClock): Timestamp {
  return later(firstPiggybackAt + minExitPeriod, youngestInputAt, minExitPeriod)
}

/**
 * The last second of phase 1 of an in-flight exit, in which it may be piggybacked and its canonicity challenged.
 * The contract divides: `(now - start) / (minExitPeriod / 2) < 1`, in integers.
 *
 * @example
 * // start 1000, MEP 601: 300 seconds, 1000 to 1299
 */
export function lastOfPhaseOne(startedAt: Timestamp, minExitPeriod: Seconds): Timestamp {
  return timestamp(startedAt + minExitPeriod / 2n - 1n)
}

function later(fromStart: bigint, blockAt: Timestamp | undefined, minExitPeriod: Seconds): Timestamp {
  const fromBlock = blockAt === undefined ? 0n : blockAt + 2n * minExitPeriod
  return timestamp(fromBlock > fromStart ? fromBlock : fromStart)
}

function timestamp(seconds: bigint): Timestamp {
  return seconds as Timestamp
}
