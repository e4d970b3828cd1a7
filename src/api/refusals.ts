import { refused, type Answer } from './answer.ts'

const GONE = 'No unspent output stands at this position.'

/** Reasons with a code of their own on elixir-omg's wire, whichever route gives them. */
const named: Readonly<Record<string, readonly [code: string, description: string]>> = {
  exit_not_found: ['challenge:exit_not_found', 'No standard exit of this output is known.'],
  utxo_not_spent: ['challenge:utxo_not_spent', 'No signed transaction that spends this output is known.'],
  utxo_not_found: ['exit:invalid', GONE],
  no_deposit_for_given_blknum: ['exit:invalid', GONE],
  tx_for_input_not_found: ['in_flight_exit:tx_for_input_not_found', 'No known transaction created an input.'],
  childchain_unreachable: ['connection:childchain_unreachable', 'The operator does not answer.'],
  too_many_inputs: ['transaction.create:too_many_inputs', 'A transaction has at most four inputs.'],
  too_many_outputs: ['transaction.create:too_many_outputs', 'A transaction has at most four outputs.'],
  missing_signature: ['submit_typed:missing_signature', 'Every input needs a signature, also of one owner.'],
  superfluous_signature: ['submit_typed:superfluous_signature', 'There are more signatures than inputs.'],
  invalid_merkle_root: ['block.validate:invalid_merkle_root', 'The transactions do not make this block hash.'],
}

/**
 * Refuses for a reason. One without a code of its own is named after the operation, as elixir-omg calls it: not by its
 * path but by its `action`.
 */
export function refusal(action: string, reason: string): Answer {
  const [code, description] = named[reason] ?? [`${action}:${reason}`, null]
  return refused(code, description)
}
