import type { Recover } from '../../src/plasma/signature.ts'
import type { SignedTransaction } from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import type { Address } from '../../src/plasma/units.ts'
import { type Book, leftOver } from './book.ts'

/** What a payment leaves to the operator, by token: it pays in one of them. Where one is 0, payments are free. */
export type Fees = ReadonlyMap<Address, bigint>

export type Rules = { framework: Address; fees: Fees; recover: Recover }

/** Why an honest operator does not take a transaction, in the words of the child chain's API; undefined when it does. */
export function refusal(book: Book, signed: SignedTransaction, rules: Rules): string | undefined {
  const { transaction } = signed
  if (transaction.txType !== 'payment') return 'submit:transaction_not_supported'
  if (transaction.inputs.length === 0) return 'submit:empty_inputs'
  if (new Set(transaction.inputs).size < transaction.inputs.length) return 'submit:duplicate_inputs'
  if (!transaction.inputs.every((input) => book.unspent.has(input))) return 'submit:utxo_not_found'
  return unauthorised(book, signed, rules) ?? unbalanced(leftOver(book, transaction), rules.fees)
}

function unauthorised(book: Book, { transaction, signatures }: SignedTransaction, rules: Rules): string | undefined {
  const { inputs } = transaction
  if (signatures.length < inputs.length) return 'submit:missing_signature'
  if (signatures.length > inputs.length) return 'submit:superfluous_signature'
  const digest = signingHash(transaction, rules.framework)
  const signers = signatures.map((signature) => rules.recover(digest, signature))
  const authorised = inputs.every((input, at) => signers[at] === book.unspent.get(input)?.owner)
  return authorised ? undefined : 'submit:unauthorized_spend'
}

function unbalanced(left: ReadonlyMap<Address, bigint>, fees: Fees): string | undefined {
  const paid = [...left].filter(([, amount]) => amount !== 0n)
  if (paid.some(([, amount]) => amount < 0n)) return 'submit:amounts_do_not_add_up'
  if (paid.length > 1) return 'submit:multiple_potential_currency_fees'
  const [first] = paid
  return first ? wrongFee(first, fees) : unpaidFee(fees)
}

function wrongFee([currency, amount]: readonly [Address, bigint], fees: Fees): string | undefined {
  const fee = fees.get(currency) ?? 0n
  if (amount === fee) return undefined
  return amount > fee ? 'submit:overpaying_fees' : 'submit:fees_not_covered'
}

function unpaidFee(fees: Fees): string | undefined {
  const isFree = fees.size === 0 || [...fees.values()].includes(0n)
  return isFree ? undefined : 'submit:fees_not_covered'
}
