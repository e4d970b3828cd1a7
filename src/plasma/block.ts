import { keccak as nobleKeccak } from './keccak.ts'
import { leafHash, MAX_LEAVES, rootOfSubtrees, subtreeRoots } from './merkle.ts'
import {
  recoverTransactions,
  type RecoveredTransaction,
  type RecoverError,
  type Recovery,
} from './recovered-transaction.ts'
import type { Hash } from './units.ts'

/** A child block whose transactions are each valid by themselves and are those that its root names. */
export type CheckedBlock = {
  blknum: bigint
  hash: Hash
  /** {@link subtreeRoots} of its transactions: what proofs are made of. */
  nodes: Uint8Array
  /** How many transactions it has. */
  count: number
  /**
   * One of its transactions, possibly decoded anew each time.
   *
   * @throws {RangeError} when it has no such transaction.
   */
  at: (txIndex: number) => RecoveredTransaction
}

/** One that has all its transactions at hand. */
export type Block = CheckedBlock & { transactions: readonly RecoveredTransaction[] }

/** The `error_type` of an `invalid_block` event, as elixir-omg spells it. */
type BlockError = RecoverError | 'bad_returned_hash' | 'bad_returned_number' | 'incorrect_hash'

/** Why a block is invalid, and the transaction to blame where there is one. */
type BlockFinding = { errorType: BlockError; txIndex?: number }

/** What a block must be, and what it is said to be. */
export type Serving = {
  /** What the framework holds under this number. */
  requested: { hash: Hash; blknum: bigint }
  /** What the operator says that it is. */
  served: { hash: Hash; blknum: bigint; transactions: readonly Uint8Array[] }
}

/** What is to be said of a block by itself. */
export type BlockVerdict<Checked extends CheckedBlock = CheckedBlock> =
  { ok: true; block: Checked } | { ok: false; finding: BlockFinding }

/**
 * Checks a served block by itself, in the order of elixir-omg's block getter: returned hash and number, every
 * transaction, the Merkle root. When several transactions are bad, the last of them names the error.
 */
export function checkBlock({ requested, served, ...recovery }: Recovery & Serving): BlockVerdict<Block> {
  const error = checkServing({ requested, served })
  if (error) return invalid({ errorType: error })
  const recovered = recoverTransactions(served.transactions, recovery)
  if (!recovered.ok) return invalid({ errorType: recovered.error, txIndex: recovered.txIndex })
  const { keccak = nobleKeccak } = recovery
  const { transactions } = recovered
  const nodes = subtreeRoots(
    transactions.map(({ transaction }) => leafHash(transaction.raw, keccak)),
    keccak,
  )
  if (rootOfSubtrees(nodes, keccak) !== requested.hash) return invalid({ errorType: 'incorrect_hash' })
  const at = (txIndex: number) => present(transactions[txIndex], txIndex)
  return { ok: true, block: { ...requested, nodes, count: transactions.length, at, transactions } }
}

/** What is wrong with a served block before any of its transactions is looked at. */
export function checkServing({ requested, served }: Serving): BlockError | undefined {
  if (served.hash !== requested.hash) return 'bad_returned_hash'
  if (served.blknum !== requested.blknum) return 'bad_returned_number'
  return served.transactions.length > MAX_LEAVES ? 'incorrect_hash' : undefined
}

/** @throws {RangeError} when there is nothing at this place of a block. */
export function present<Item>(item: Item | undefined, txIndex: number): Item {
  if (item === undefined) throw new RangeError(`No transaction ${txIndex} in the block`)
  return item
}

function invalid(finding: BlockFinding): { ok: false; finding: BlockFinding } {
  return { ok: false, finding }
}
