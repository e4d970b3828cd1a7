const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 300_000
/** Whoever could not be told for so long learns it from the log. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000

/** Milliseconds until the next try: 2 s, 4 s, 8 s, and so on up to five minutes. Undefined when there is none. */
export function retryAfter({ attempts, waitedMs }: { attempts: number; waitedMs: number }): number | undefined {
  if (waitedMs >= GIVE_UP_AFTER_MS) return undefined
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 16), LONGEST_PAUSE_MS)
}

const WINDOW_MS = 60_000
const MOST_IN_WINDOW = 5

/**
 * How many of those that wait go into the next call of a channel: one by one, and all the rest in the last call that a
 * minute has room for. None while it has no room.
 *
 * @param calls - When the channel was called, in milliseconds.
 */
export function batchSize(waiting: number, calls: readonly number[], now: number): number {
  const left = MOST_IN_WINDOW - calls.filter((at) => at > now - WINDOW_MS && at <= now).length
  if (left <= 0) return 0
  return left === 1 ? waiting : Math.min(waiting, 1)
}
