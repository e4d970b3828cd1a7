import { keccak as nobleKeccak } from './keccak.ts'
import { leafHash, MAX_LEAVES, merkleRootOfHashes } from './merkle.ts'
import {
  recoverTransactions,
  type RecoveredTransaction,
  type RecoverError,
  type Recovery,
} from './recovered-transaction.ts'
import type { Hash } from './units.ts'

/** What `/block.validate` of elixir-omg says of a block: stricter than the getter, and without the ledger. */
export type ValidateError =
  | RecoverError
  | 'block_duplicate_inputs'
  | 'duplicate_fee_transaction_for_ccy'
  | 'empty_block'
  | 'invalid_merkle_root'
  | 'transactions_exceed_block_limit'
  | 'unexpected_transaction_type_at_fee_index'

/** The first rule of `/block.validate` that a block breaks, undefined when it breaks none. */
export function validateBlock({
  served,
  ...recovery
}: Recovery & { served: { hash: Hash; transactions: readonly Uint8Array[] } }): ValidateError | undefined {
  if (served.transactions.length === 0) return 'empty_block'
  if (served.transactions.length > MAX_LEAVES) return 'transactions_exceed_block_limit'
  const recovered = recoverTransactions(served.transactions, recovery)
  if (!recovered.ok) return recovered.error
  const broken = checkFees(recovered.transactions) ?? checkUnique(recovered.transactions)
  if (broken) return broken
  const { keccak = nobleKeccak } = recovery
  const leafHashes = recovered.transactions.map(({ transaction }) => leafHash(transaction.raw, keccak))
  return merkleRootOfHashes(leafHashes, keccak) === served.hash ? undefined : 'invalid_merkle_root'
}

/** Fee transactions stand at the end, one a token. */
function checkFees(transactions: readonly RecoveredTransaction[]): ValidateError | undefined {
  const fees = transactions.filter(({ transaction }) => transaction.txType === 'fee')
  if (transactions.slice(transactions.length - fees.length).some(({ transaction }) => transaction.txType !== 'fee')) {
    return 'unexpected_transaction_type_at_fee_index'
  }
  const currencies = new Set(fees.map(({ transaction }) => transaction.outputs[0]?.currency))
  return currencies.size < fees.length ? 'duplicate_fee_transaction_for_ccy' : undefined
}

function checkUnique(transactions: readonly RecoveredTransaction[]): ValidateError | undefined {
  const inputs = transactions.flatMap(({ transaction }) => transaction.inputs)
  return new Set(inputs).size < inputs.length ? 'block_duplicate_inputs' : undefined
}
