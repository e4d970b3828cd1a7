import type { Hash, Timestamp } from '../plasma/units.ts'

/** A child block that the root chain speaks of. */
export type Wanted = { blknum: bigint; root: Hash }

/** Since when a block is missing, in chain time; undefined once it is there. */
export type MissingNews = { wanted: Wanted; since: Timestamp | undefined }

/** A reorganisation may submit a root again under another number: it is another block then. */
export function nameOf({ blknum, root }: Wanted): string {
  return `${String(blknum)} ${root}`
}
