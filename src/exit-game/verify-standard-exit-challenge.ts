import { decodeUtxoPos } from '../plasma/position.ts'
import type { Address, UtxoPos } from '../plasma/units.ts'
import { parseCanonical } from './canonical-transaction.ts'
import { standardExitId } from './exit-id.ts'
import { verifySpend, type SpendFinding, type SpendVerified } from './verify-spend.ts'

/** Challenge data from somebody we do not trust, about an exit that the contract knows. */
export type ClaimedStandardExitChallenge = {
  exitId: bigint
  utxoPos: UtxoPos
  /** Raw transaction that created the output. */
  exitingTx: Uint8Array
  /** Raw transaction that spends it; no block need hold it. */
  challengeTx: Uint8Array
  inputIndex: number
  signature: Uint8Array
  framework: Address
}

/** What is wrong with it: the exiting transaction, its output, the exit id that follows, or the spend. */
export type StandardExitChallengeFinding =
  'malformed_exiting_tx' | 'output_not_created' | 'exit_id_mismatch' | SpendFinding

/**
 * Checks everything that `challengeStandardExit` will check of its arguments (contracts v1.0.4). What is left to the
 * contract is whether the exit is still open.
 */
export function verifyStandardExitChallenge(
  claim: ClaimedStandardExitChallenge,
): SpendVerified | { ok: false; error: StandardExitChallengeFinding } {
  const { exitId, utxoPos, exitingTx, challengeTx, inputIndex, signature, framework } = claim
  const creating = parseCanonical(exitingTx)
  if (!creating) return { ok: false, error: 'malformed_exiting_tx' }
  const output = creating.outputs[decodeUtxoPos(utxoPos).outputIndex]
  if (!output) return { ok: false, error: 'output_not_created' }
  if (standardExitId(exitingTx, utxoPos) !== exitId) return { ok: false, error: 'exit_id_mismatch' }
  return verifySpend({ utxoPos, owner: output.owner, spendingTx: challengeTx, inputIndex, signature, framework })
}
