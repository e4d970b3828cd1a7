import { keccak as nobleKeccak } from './keccak.ts'
import { leafHash, MAX_LEAVES, merkleRootOfHashes } from './merkle.ts'
import {
  recoverTransactions,
  type RecoveredTransaction,
  type RecoverError,
  type Recovery,
} from './recovered-transaction.ts'
import type { Hash } from './units.ts'

/** A child block whose transactions are each valid by themselves and are those that its root names. */
export type Block = {
  blknum: bigint
  hash: Hash
  transactions: readonly RecoveredTransaction[]
  /** Of each transaction, in order: what proofs are made of. */
  leafHashes: readonly Uint8Array[]
}

/** The `error_type` of an `invalid_block` event, as elixir-omg spells it. */
type BlockError = RecoverError | 'bad_returned_hash' | 'bad_returned_number' | 'incorrect_hash'

/** Why a block is invalid, and the transaction to blame where there is one. */
export type BlockFinding = { errorType: BlockError; txIndex?: number }

type Asked = Recovery & {
  /** What the framework holds under this number. */
  requested: { hash: Hash; blknum: bigint }
  /** What the operator says that it is. */
  served: { hash: Hash; blknum: bigint; transactions: readonly Uint8Array[] }
}

/**
 * Checks a served block by itself, in the order of elixir-omg's block getter: returned hash and number, every
 * transaction, the Merkle root. When several transactions are bad, the last of them names the error.
 */
export function checkBlock({
  requested,
  served,
  ...recovery
}: Asked): { ok: true; block: Block } | { ok: false; finding: BlockFinding } {
  if (served.hash !== requested.hash) return invalid({ errorType: 'bad_returned_hash' })
  if (served.blknum !== requested.blknum) return invalid({ errorType: 'bad_returned_number' })
  if (served.transactions.length > MAX_LEAVES) return invalid({ errorType: 'incorrect_hash' })
  const recovered = recoverTransactions(served.transactions, recovery)
  if (!recovered.ok) return invalid({ errorType: recovered.error, txIndex: recovered.txIndex })
  const { keccak = nobleKeccak } = recovery
  const transactions = recovered.transactions
  const leafHashes = transactions.map(({ transaction }) => leafHash(transaction.raw, keccak))
  const root = merkleRootOfHashes(leafHashes, keccak)
  if (root !== requested.hash) return invalid({ errorType: 'incorrect_hash' })
  return { ok: true, block: { ...requested, transactions, leafHashes } }
}

function invalid(finding: BlockFinding): { ok: false; finding: BlockFinding } {
  return { ok: false, finding }
}
