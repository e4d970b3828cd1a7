import type { Place, Spend } from '../plasma/ledger.ts'
import type { SignedTransaction, Transaction } from '../plasma/transaction.ts'
import type { Timestamp, UtxoPos } from '../plasma/units.ts'
import type { KnownTransaction } from './known-transaction.ts'

/**
 * What the exit game must know of the child chain, as of one head: a read snapshot, so nothing here waits.
 * It speaks of blocks that were applied whole; a rejected block and whatever follows it are not in here.
 */
export type Evidence = {
  /** Number of the child block that is applied next. Outputs of blocks below it are known, others are not judged. */
  nextBlknum: () => bigint
  /** Whether the output exists and neither a transaction of a block nor a finalized exit has spent it. */
  isUnspent: (utxoPos: UtxoPos) => boolean
  /** Who spent the output in a block. Never answers for an output that only an exit took. */
  blockSpend: (utxoPos: UtxoPos) => Spend | undefined
  /** Where a transaction was included. One without inputs is not looked for. */
  inclusion: (transaction: Pick<Transaction, 'txHash' | 'inputs'>) => Place | undefined
  /** A transaction of a block with its signatures. */
  signedTransaction: (place: Place) => SignedTransaction | undefined
  /** The raw transaction at the output's place, deposits included, whether the output is spent or not. */
  creatingTransaction: (utxoPos: UtxoPos) => Uint8Array | undefined
  /** Merkle proof of 512 bytes for a transaction of a block or of a deposit. */
  inclusionProof: (place: Place) => Uint8Array | undefined
  /** `blocks(blknum).timestamp` of the framework, for child and deposit blocks, whether the block was applied or not. */
  blockTimestamp: (blknum: bigint) => Timestamp | undefined
  /** Signed spends of the output that were seen elsewhere (own archive); their signatures have been recovered. */
  archivedSpends: (utxoPos: UtxoPos) => readonly KnownTransaction[]
}
