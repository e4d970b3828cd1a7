import { refused, type Answer } from './answer.ts'

const GONE = 'No unspent output stands at this position.'

/** Reasons with a code of their own on elixir-omg's wire, whichever route gives them. */
const named: Readonly<Record<string, readonly [code: string, description: string]>> = {
  exit_not_found: ['challenge:exit_not_found', 'No standard exit of this output is known.'],
  utxo_not_spent: ['challenge:utxo_not_spent', 'No signed transaction that spends this output is known.'],
  transaction_not_found: ['transaction:not_found', 'No block holds this transaction.'],
  utxo_not_found: ['exit:invalid', GONE],
  no_deposit_for_given_blknum: ['exit:invalid', GONE],
  tx_for_input_not_found: ['in_flight_exit:tx_for_input_not_found', 'No known transaction created an input.'],
  childchain_unreachable: ['connection:childchain_unreachable', 'The operator does not answer.'],
  insufficient_funds: ['transaction.create:insufficient_funds', 'The account has less than payments and fee take.'],
  too_many_inputs: ['transaction.create:too_many_inputs', 'A transaction has at most four inputs.'],
  too_many_outputs: ['transaction.create:too_many_outputs', 'Payments and change make more than four outputs.'],
  empty_transaction: ['transaction.create:empty_transaction', 'Nothing would be paid.'],
  self_transaction_not_supported: [
    'transaction.create:self_transaction_not_supported',
    'This operation neither merges nor splits what an owner has.',
  ],
  single_input: ['merge:single_input', 'The account has one output of this token.'],
  no_inputs_found: ['merge:no_inputs_found', 'The account has no output of this token.'],
  multiple_currencies: ['merge:multiple_currencies', 'Only outputs of one token can be merged.'],
  multiple_input_owners: ['merge:multiple_input_owners', 'Only outputs of one owner can be merged.'],
  duplicate_input_positions: ['merge:duplicate_input_positions', 'A position is named twice.'],
  missing_signature: ['submit_typed:missing_signature', 'Every input needs a signature, also of one owner.'],
  superfluous_signature: ['submit_typed:superfluous_signature', 'There are more signatures than inputs.'],
  invalid_merkle_root: ['block.validate:invalid_merkle_root', 'The transactions do not make this block hash.'],
}

/**
 * Refuses for a reason. One without a code of its own is named after the operation, as elixir-omg calls it: not by its
 * path but by its `action`.
 */
export function refusal(action: string, reason: string, messages?: unknown): Answer {
  const [code, description] = named[reason] ?? [`${action}:${reason}`, null]
  const answer = refused(code, description)
  if (answer.ok || messages === undefined) return answer
  return { ok: false, refusal: { ...answer.refusal, messages } }
}
