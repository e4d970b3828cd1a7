import type { Address, Timestamp } from '../plasma/units.ts'

/** An entry of a token's exit queue. It outlives a deletion of the exit, and would process a restarted one. */
export type Queued = { token: Address; piggybackedAt: Timestamp }

/**
 * The entries of one in-flight exit, oldest first. A token may have several: once all its piggybacks were challenged, the
 * next one queues the exit again, and the contract keeps the entry that is there (contracts v1.0.4, section 8).
 */
export type Queue = readonly Queued[]

/** The entry of a token that the contract comes to first. */
export function nextEntry(queue: Queue, token: Address | undefined): Queued | undefined {
  return queue.find((entry) => entry.token === token)
}

/** The queue when the contract has come to that entry. */
export function withoutNext(queue: Queue, token: Address): Queue {
  const next = nextEntry(queue, token)
  return next ? queue.filter((entry) => entry !== next) : queue
}
