/** What the contract writes for a competitor that no block holds. */
const NOT_INCLUDED = 2n ** 256n - 1n

/**
 * Whether the contract takes a competitor as older than all that it knows (contracts v1.0.4).
 *
 * @param position - Of the competing transaction; 0 when no block holds it.
 * @param oldest - `oldestCompetitorPosition` of the exit; 0 when it was never challenged.
 */
export function isOlder(position: bigint, oldest: bigint): boolean {
  return oldest === 0n || (position === 0n ? NOT_INCLUDED : position) < oldest
}
