import { equalBytes } from '../lib/bytes.ts'
import { verifyProof } from '../plasma/merkle.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Hash } from '../plasma/units.ts'
import type { CompetitorData } from './competitor-data.ts'
import { verifyInFlightInput, type InputFinding, type InputOnContract } from './verify-in-flight-input.ts'
import { verifySpend, type SpendFinding, type SpendVerified } from './verify-spend.ts'

export type CompetitorFinding =
  InputFinding | SpendFinding | 'competitor_is_in_flight_tx' | 'position_names_an_output' | 'competitor_not_included'

type OnContract = InputOnContract & {
  /** `blocks(blknum).root` of the block that the competitor is said to be in; nothing when it is said to be in none. */
  root?: Hash
}

/**
 * Checks everything that `challengeInFlightExitNotCanonical` will check of its arguments (contracts v1.0.4). What is
 * left to the contract is whether the exit is there, in phase 1, and has no older competitor already.
 */
export function verifyCompetitor(
  data: CompetitorData,
  onContract: OnContract,
): SpendVerified | { ok: false; error: CompetitorFinding } {
  const input = verifyInFlightInput(
    {
      inFlightTx: data.in_flight_txbytes,
      index: data.in_flight_input_index,
      inputTx: data.input_tx,
      inputUtxoPos: data.input_utxo_pos,
    },
    onContract,
  )
  if (!input.ok) return input
  if (equalBytes(data.competing_txbytes, onContract.inFlightTx)) {
    return { ok: false, error: 'competitor_is_in_flight_tx' }
  }
  const misplaced = checkPlace(data, onContract.root)
  if (misplaced) return { ok: false, error: misplaced }
  return verifySpend({
    utxoPos: data.input_utxo_pos,
    owner: input.output.owner,
    spendingTx: data.competing_txbytes,
    inputIndex: data.competing_input_index,
    signature: data.competing_sig,
    framework: onContract.framework,
  })
}

/** Position 0 says that no block holds the competitor; then there is nothing to prove. */
function checkPlace(
  { competing_tx_pos: position, competing_txbytes: leaf, competing_proof: proof }: CompetitorData,
  root: Hash | undefined,
): 'position_names_an_output' | 'competitor_not_included' | undefined {
  if (position === 0n) return undefined
  const { txIndex, outputIndex } = decodeUtxoPos(position)
  if (outputIndex !== 0) return 'position_names_an_output'
  const included = root !== undefined && verifyProof({ root, leaf, index: txIndex, proof })
  return included ? undefined : 'competitor_not_included'
}
