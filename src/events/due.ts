import type { Seconds, Timestamp } from '../plasma/units.ts'
import type { Remembered } from './journal.ts'

const FIRST_PAUSE = 30n
const LONGEST_PAUSE = 300n
const SHORTEST_PAUSE = 15n
/** A node that lags behind its peers may have called an open exit gone: what is still true is looked at again. */
const LONGEST_SILENCE = 3_600n

/**
 * Whether a condition that is true now is to be emitted, and why not if not.
 *
 * @param at.running - Whether processes that an earlier emission started are still at work in this run of the program.
 * @param at.hurried - Whether nothing is to be waited for between one attempt and the next.
 */
export function due(
  remembered: Remembered | undefined,
  at: { now: Timestamp; running: boolean; hurried?: boolean; deadline: Timestamp | undefined },
): { emit: true; attempt: number } | { emit: false; because: 'running' | 'silent' | 'cooling down' } {
  if (!remembered) return { emit: true, attempt: 1 }
  const attempt = remembered.attempt + 1
  if (at.running) return { emit: false, because: 'running' }
  if (remembered.silence && at.now < remembered.emittedAt + LONGEST_SILENCE) return { emit: false, because: 'silent' }
  // Not ended and not running: the program died in the middle of it. Waiting longer would only lose time.
  if (!remembered.ended || at.hurried) return { emit: true, attempt }
  return isCool(remembered, at) ? { emit: true, attempt } : { emit: false, because: 'cooling down' }
}

function isCool(
  { attempt, emittedAt }: Remembered,
  { now, deadline }: { now: Timestamp; deadline: Timestamp | undefined },
): boolean {
  return now >= emittedAt + coolDown(attempt, deadline === undefined ? undefined : deadline - now)
}

/**
 * Chain seconds between one attempt and the next: 30, 60, 120, 240, then 300, and less when the deadline is near: a
 * tenth of what is left, but never below 15.
 *
 * @param left - Chain seconds to the deadline, where there is one.
 */
export function coolDown(attempt: number, left: bigint | undefined): Seconds {
  const doubled = FIRST_PAUSE << BigInt(Math.min(attempt - 1, 8))
  const pause = doubled < LONGEST_PAUSE ? doubled : LONGEST_PAUSE
  if (left === undefined) return pause as Seconds
  const hurried = left / 10n > SHORTEST_PAUSE ? left / 10n : SHORTEST_PAUSE
  return (pause < hurried ? pause : hurried) as Seconds
}
