import type { Hash } from '../plasma/units.ts'

/** A signed transaction of somebody who trusts us with it. `txHash` is that of its raw form. */
export type ArchivedTransaction = { txHash: Hash; signedTx: Uint8Array }

/**
 * The durable memory of transactions that were submitted through us. No block need hold them: when the operator keeps
 * them to himself, they are what their owners' in-flight exits are made of.
 */
export type TransactionArchive = {
  /** Returns once it is on disk. Storing it again changes nothing. */
  store: (transaction: ArchivedTransaction) => void
  /** Every signed form of it, oldest first: one raw transaction may have been submitted with several signatures. */
  find: (txHash: Hash) => readonly ArchivedTransaction[]
  /** Everything but the `skip` oldest, oldest first: nothing ever leaves, so a reader need not start over. */
  list: (skip?: number) => readonly ArchivedTransaction[]
}
