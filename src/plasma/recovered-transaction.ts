import { equalBytes } from '../lib/bytes.ts'
import { isZero } from './address-bytes.ts'
import { keccak as nobleKeccak, type Keccak } from './keccak.ts'
import { recover as nobleRecover, type Recover } from './signature.ts'
import {
  decodeSignedTransaction,
  transactionHasher,
  type SignedTransaction,
  type TransactionError,
} from './transaction.ts'
import { typedDataHasher } from './typed-data.ts'
import type { Address, UtxoPos } from './units.ts'

/** A signed transaction that is valid by itself, with the signer of each input. Nobody signs a fee transaction. */
export type RecoveredTransaction = SignedTransaction & { signers: readonly Address[] }

/** Why a transaction is invalid whatever the ledger says: the reasons of elixir-omg. */
export type RecoverError =
  | TransactionError
  | 'duplicate_inputs'
  | 'invalid_recovery_id'
  | 'missing_signature'
  | 'recovery_failure'
  | 'signature_corrupt'
  | 'superfluous_signature'

export type Recovered = { ok: true; value: RecoveredTransaction } | { ok: false; error: RecoverError }

/** What checks of many transactions are done with; both have defaults in pure JavaScript. */
export type Recovery = { framework: Address; recover?: Recover; keccak?: Keccak }

/**
 * Reads signed transactions and checks what can be checked without the ledger, as laxly as the network does: signatures
 * with a high s are accepted. Total: any bytes in, a transaction or the reason why not out.
 */
export function transactionRecoverer({
  framework,
  recover = nobleRecover,
  keccak = nobleKeccak,
}: Recovery): (bytes: Uint8Array) => Recovered {
  const signingHash = typedDataHasher(framework, keccak)
  const hashOf = transactionHasher(keccak)
  return (bytes) => {
    const decoded = decodeSignedTransaction(bytes, hashOf)
    if (!decoded.ok) return decoded
    const error = checkInputs(decoded.value)
    if (error) return { ok: false, error }
    const { transaction, signatures } = decoded.value
    const signers = recoverSigners(signatures, signingHash(transaction), recover)
    return typeof signers === 'string'
      ? { ok: false, error: signers }
      : { ok: true, value: { transaction, signatures, bytes, signers } }
  }
}

/**
 * Recovers the transactions of a block, all of them or none. From the end on: the last bad one names the error, as in
 * elixir-omg.
 */
export function recoverTransactions(
  transactions: readonly Uint8Array[],
  recovery: Recovery,
): { ok: true; transactions: readonly RecoveredTransaction[] } | { ok: false; error: RecoverError; txIndex: number } {
  const recover = transactionRecoverer(recovery)
  const recovered: RecoveredTransaction[] = []
  for (const [fromEnd, bytes] of transactions.toReversed().entries()) {
    const result = recover(bytes)
    if (!result.ok) return { ok: false, error: result.error, txIndex: transactions.length - 1 - fromEnd }
    recovered.push(result.value)
  }
  return { ok: true, transactions: recovered.reverse() }
}

function checkInputs({ transaction, signatures }: SignedTransaction): RecoverError | undefined {
  const { txType, inputs } = transaction
  if (hasTwice(inputs)) return 'duplicate_inputs'
  // elixir-omg crashes on a signed fee transaction (watcher trap 23), so no honest block holds one.
  if (txType === 'fee') return signatures.length > 0 ? 'superfluous_signature' : undefined
  let signed = 0
  for (const signature of signatures) if (!isZero(signature)) signed++
  if (signed > inputs.length) return 'superfluous_signature'
  return signed < inputs.length ? 'missing_signature' : undefined
}

function hasTwice(inputs: readonly UtxoPos[]): boolean {
  return inputs.length > 1 && new Set(inputs).size < inputs.length
}

function recoverSigners(
  signatures: readonly Uint8Array[],
  digest: Uint8Array,
  recover: Recover,
): readonly Address[] | RecoverError {
  const signers: Address[] = []
  for (const [index, signature] of signatures.entries()) {
    const v = signature[64] ?? 0
    if (v < 27) return 'signature_corrupt'
    if (v > 30) return 'invalid_recovery_id'
    const before = signatures[index - 1]
    const signer = before && equalBytes(before, signature) ? signers[index - 1] : recover(digest, signature)
    if (!signer) return 'recovery_failure'
    signers.push(signer)
  }
  return signers
}
