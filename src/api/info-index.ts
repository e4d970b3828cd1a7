import type { Place } from '../plasma/ledger.ts'
import type { Output } from '../plasma/transaction.ts'
import type { Address, Hash, Timestamp, UtxoPos, Wei } from '../plasma/units.ts'

/** An output with its history. `spendingTxHash` is absent also when an exit took it. */
export type IndexedOutput = Output & {
  utxoPos: UtxoPos
  /** Absent for a deposit. */
  creatingTxHash: Hash | undefined
  spendingTxHash: Hash | undefined
  createdAt: Timestamp
  /** When it was spent, or else created. */
  changedAt: Timestamp
}

export type IndexedBlock = {
  blknum: bigint
  root: Hash
  timestamp: Timestamp
  /** Root chain height of its submission. */
  ethHeight: bigint
  transactions: number
}

export type IndexedTransaction = {
  place: Place
  txHash: Hash
  txType: number
  /** A fee transaction has none. */
  metadata: Uint8Array | undefined
  block: IndexedBlock
  inputs: readonly IndexedOutput[]
  outputs: readonly IndexedOutput[]
}

export type IndexedDeposit = {
  output: IndexedOutput
  ethHeight: bigint
  rootChainTxHash: Hash
  logIndex: number
  timestamp: Timestamp
}

/** Which rows of a list, counted from 0. */
export type Slice = { skip: bigint; most: number }

type TransactionFilter = {
  /** Owner of an input or of an output. */
  owner: Address | undefined
  blknum: bigint | undefined
  metadata: Uint8Array | undefined
  txTypes: readonly bigint[] | undefined
  /** No younger block than this. */
  until: bigint | undefined
}

export type BlockCounts = { blocks: number; transactions: number; first: Timestamp; last: Timestamp }

/**
 * What the Info API asks about the chain's past: derived from the ledger, and at most a moment behind it. Every list
 * but that of unspent outputs is newest first.
 */
export type InfoIndex = {
  /** Whether it holds all that the ledger holds now. */
  isCurrent: () => boolean
  /** Unspent outputs by position; without these positions. */
  unspent: (owner: Address, without: readonly UtxoPos[], slice: Slice) => readonly IndexedOutput[]
  /** What an owner has of each token, and without these positions. */
  balances: (owner: Address, without: readonly UtxoPos[]) => readonly { currency: Address; amount: Wei }[]
  /** Unspent outputs of one token from the greatest amount down, or from the smallest up. */
  byAmount: (of: { owner: Address; currency: Address }, order: 'greatest' | 'smallest') => Iterable<IndexedOutput>
  /** An unspent output of exactly this amount. */
  exactly: (of: { owner: Address; currency: Address; amount: Wei }) => Iterable<IndexedOutput>
  output: (utxoPos: UtxoPos) => IndexedOutput | undefined
  /** Positions of all that an owner has not spent; undefined when the index lags behind the ledger. */
  current: (owner: Address) => readonly UtxoPos[] | undefined
  transaction: (txHash: Hash) => IndexedTransaction | undefined
  transactions: (filter: TransactionFilter, slice: Slice) => readonly IndexedTransaction[]
  block: (blknum: bigint) => IndexedBlock | undefined
  blocks: (slice: Slice) => readonly IndexedBlock[]
  deposits: (owner: Address | undefined, slice: Slice) => readonly IndexedDeposit[]
  /** Counts the blocks from a second on; undefined when there are none. */
  counts: (since: Timestamp) => BlockCounts | undefined
}
