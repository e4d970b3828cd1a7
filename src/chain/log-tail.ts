import type { LogQuery, LogReader } from './logs.ts'
import type { LogEntry } from './shapes.ts'

/** How deep a reorganisation may be and still change what was read before. */
const REORGANISATION = 64n
/** About two months of blocks: an exit is processed, or could be, after one to two weeks. */
const FURTHEST = 400_000n

/** Reads the logs of two months once, and from then on only what is new, or what a reorganisation may have changed. */
export function createLogTail(
  logs: LogReader,
  query: Pick<LogQuery, 'addresses' | 'topics'>,
): (head: bigint) => Promise<readonly LogEntry[]> {
  let kept: readonly LogEntry[] = []
  let to: bigint | undefined
  return async (head) => {
    const from = later(0n, to === undefined ? head - FURTHEST : to - REORGANISATION)
    const news = await logs({ ...query, from, to: head })
    kept = [...kept.filter(({ blockNumber }) => blockNumber < from), ...news]
    to = head
    return kept
  }
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}
