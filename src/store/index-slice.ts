/** Which rows of a list, counted from 0. */
export type Slice = { skip: bigint; most: number }

/** Offsets are 64-bit numbers to the database. */
const MOST_SKIPPED = 2n ** 62n

export function clampedSkip({ skip }: Slice): bigint {
  return skip < MOST_SKIPPED ? skip : MOST_SKIPPED
}
