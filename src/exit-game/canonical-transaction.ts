import { equalBytes } from '../lib/bytes.ts'
import { decodeTransaction, type Transaction } from '../plasma/transaction.ts'

/**
 * A raw transaction as the contracts read it: undefined unless the bytes are exactly what the transaction encodes to.
 * The child chain reads more laxly, but hashes and ids are those of the bytes.
 */
export function parseCanonical(raw: Uint8Array): Transaction | undefined {
  const decoded = decodeTransaction(raw)
  return decoded.ok && equalBytes(decoded.value.raw, raw) ? decoded.value : undefined
}
