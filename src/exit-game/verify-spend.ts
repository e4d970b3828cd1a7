import { normalise, recover } from '../plasma/signature.ts'
import { signingHash } from '../plasma/typed-data.ts'
import type { Address, UtxoPos } from '../plasma/units.ts'
import { parseCanonical } from './canonical-transaction.ts'

/** A transaction that is said to spend an output. */
export type ClaimedSpend = {
  utxoPos: UtxoPos
  owner: Address
  /** Raw. */
  spendingTx: Uint8Array
  inputIndex: number
  signature: Uint8Array
  framework: Address
}

export type SpendFinding = 'malformed_spending_tx' | 'output_not_spent' | 'not_signed_by_owner'

/** `signature` is the same one in the form that the contracts accept. */
export type SpendVerified = { ok: true; signature: Uint8Array }

/**
 * Checks what the contract's spending condition checks: the transaction is a payment, it names the output at the
 * input, and the output's owner signed it (contracts v1.0.4, `PaymentOutputToPaymentTxCondition`).
 */
export function verifySpend(claim: ClaimedSpend): SpendVerified | { ok: false; error: SpendFinding } {
  const transaction = parseCanonical(claim.spendingTx)
  if (transaction?.txType !== 'payment') return { ok: false, error: 'malformed_spending_tx' }
  if (transaction.inputs[claim.inputIndex] !== claim.utxoPos) return { ok: false, error: 'output_not_spent' }
  const signature = normalise(claim.signature)
  const v = signature[64]
  const signer = v === 27 || v === 28 ? recover(signingHash(transaction, claim.framework), signature) : undefined
  return signer === claim.owner ? { ok: true, signature } : { ok: false, error: 'not_signed_by_owner' }
}
