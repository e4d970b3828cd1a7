import type { Output, SignedTransaction, Transaction } from './transaction.ts'
import type { Address, Hash, UtxoPos } from './units.ts'

/** Where a block holds a transaction. A deposit is the only transaction of its block, at index 0. */
export type Place = { blknum: bigint; txIndex: number }

/** The input that consumed an output. */
export type Spend = Place & { txHash: Hash; inputIndex: number }

/**
 * What the ledger knows, to be read without waiting. It holds deposits and the blocks that were applied whole; nothing
 * of a rejected block.
 */
export type LedgerView = {
  /** Number of the child block that is applied next. */
  nextBlknum: () => bigint
  /** An output that neither a transaction of a block nor a finalised exit has spent. */
  get: (utxoPos: UtxoPos) => Output | undefined
  /** The unspent outputs of an owner, oldest first. They are looked up as they are asked for. */
  unspentOf: (owner: Address) => Iterable<[UtxoPos, Output]>
  /** Who spent an output in a block; undefined when only an exit took it. */
  spend: (utxoPos: UtxoPos) => Spend | undefined
  /**
   * The place of a transaction in a child block. One without inputs is not looked for: deposits may equal each other,
   * and a fee transaction is nobody's proof.
   */
  inclusion: (transaction: Pick<Transaction, 'txHash' | 'inputs'>) => Place | undefined
  /** A transaction of a child block with its signatures. */
  signedTransaction: (place: Place) => SignedTransaction | undefined
  /** The raw transaction of a child block or deposit. */
  rawTransaction: (place: Place) => Uint8Array | undefined
  /** The Merkle proof of a transaction of a child block or deposit. */
  inclusionProof: (place: Place) => Uint8Array | undefined
}
