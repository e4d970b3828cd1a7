/** One poll of a remote Watcher: the root chain height that it has seen beside our own node's, or why it said nothing. */
export type Poll = { ok: true; lastSeenEthBlock: bigint; ownHead: bigint } | { ok: false; reason: string }

/** Whether a remote Watcher can be relied on to see anything. `blind` says why not. */
export type Sight = {
  /** Polls in a row without a usable answer. */
  failures: number
  /** Polls in a row in which it lagged behind our own node. */
  lags: number
  blind: string | undefined
}

export const OPEN_EYES: Sight = { failures: 0, lags: 0, blind: undefined }

/** Blocks that an honest Watcher may be behind: it looks once a block, and caches what it saw. About five minutes. */
const MOST_LAG = 20n
/** One lost answer is no alarm, three in a row are. */
const MOST_POLLS = 3

/**
 * Folds one poll into what is known of a Watcher's sight. It is blind after three polls in a row without an answer
 * (an error such as `operation:service_unavailable` is none), or more than 20 blocks behind our own node. One good poll
 * opens its eyes again. It never says that all is well: only that the Watcher would see.
 */
export function watch(sight: Sight, poll: Poll): Sight {
  if (!poll.ok) {
    const failures = sight.failures + 1
    return { ...sight, failures, blind: failures >= MOST_POLLS ? `no answer: ${poll.reason}` : sight.blind }
  }
  if (poll.ownHead - poll.lastSeenEthBlock <= MOST_LAG) return OPEN_EYES
  const lags = sight.lags + 1
  const behind = `its root chain height stands behind ours`
  return { failures: 0, lags, blind: lags >= MOST_POLLS ? behind : sight.blind }
}

const LONGEST_MS = 60_000

/**
 * Milliseconds until the next poll: the usual interval, doubled for each failure in a row up to a minute.
 *
 * @example
 * nextPollMs({ failures: 2, pollMs: 5_000 }) // 20_000
 */
export function nextPollMs({ failures, pollMs }: { failures: number; pollMs: number }): number {
  const doubled = pollMs * 2 ** Math.min(failures, 16)
  return Math.max(pollMs, Math.min(doubled, LONGEST_MS))
}
