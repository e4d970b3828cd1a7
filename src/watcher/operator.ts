import type { Hash } from '../plasma/units.ts'

/** A block as the operator serves it; nothing in it has been checked yet. */
export type ServedBlock = { hash: Hash; blknum: bigint; transactions: readonly Uint8Array[] }

/** What the watcher asks of the operator. A failed download is a fact, not an exception. */
export type Operator = {
  block: (root: Hash) => Promise<{ ok: true; block: ServedBlock } | { ok: false; reason: string }>
  /** Passes a signed transaction on; `answer` is the operator's envelope data, or its error, unchanged. */
  submit: (signedTx: Uint8Array) => Promise<{ ok: boolean; answer: unknown }>
}
