import type { At, Occurrence } from './contract-event.ts'

/**
 * Which logs were folded into an exit already, over all its lives: an exit may be started again after it was closed,
 * and logs are replayed after a restart, so the state alone cannot tell an old start from a new one.
 */
export type History = readonly Occurrence[]

export function hasSeen(history: History, { occurrence }: At): boolean {
  return history.some(({ txHash, rank }) => rank === occurrence.rank && txHash === occurrence.txHash)
}

/** The event's own place, without what else it says. */
export function placeOf({ blockNumber, blockHash, timestamp, occurrence }: At): At {
  return { blockNumber, blockHash, timestamp, occurrence }
}
