import { equalBytes } from '../lib/bytes.ts'
import { verifyProof } from '../plasma/merkle.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Address, Hash } from '../plasma/units.ts'
import { parseCanonical } from './canonical-transaction.ts'
import type { InputChallengeData, OutputChallengeData } from './piggyback-challenge.ts'
import { verifyInFlightInput, type InputFinding, type InputOnContract } from './verify-in-flight-input.ts'
import { verifySpend, type SpendFinding, type SpendVerified } from './verify-spend.ts'

export type InputChallengeFinding = InputFinding | SpendFinding | 'spender_is_in_flight_tx'

/**
 * Checks everything that `challengeInFlightExitInputSpent` will check of its arguments (contracts v1.0.4). What is
 * left to the contract is whether the input is still piggybacked.
 */
export function verifyInputChallenge(
  data: InputChallengeData,
  onContract: InputOnContract,
): SpendVerified | { ok: false; error: InputChallengeFinding } {
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
  if (equalBytes(data.spending_txbytes, onContract.inFlightTx)) return { ok: false, error: 'spender_is_in_flight_tx' }
  return verifySpend({
    utxoPos: data.input_utxo_pos,
    owner: input.output.owner,
    spendingTx: data.spending_txbytes,
    inputIndex: data.spending_input_index,
    signature: data.spending_sig,
    framework: onContract.framework,
  })
}

export type OutputChallengeFinding =
  SpendFinding | 'other_in_flight_tx' | 'malformed_in_flight_tx' | 'output_not_created' | 'in_flight_tx_not_included'

type OutputOnContract = {
  /** The raw in-flight transaction of the exit. */
  inFlightTx: Uint8Array
  /** The piggybacked output that is to be challenged. */
  outputIndex: number
  /** `blocks(blknum).root` of the block that the transaction is said to be in. */
  root: Hash | undefined
  framework: Address
}

/** Checks everything that `challengeInFlightExitOutputSpent` will check of its arguments (contracts v1.0.4). */
export function verifyOutputChallenge(
  data: OutputChallengeData,
  { inFlightTx, outputIndex, root, framework }: OutputOnContract,
): SpendVerified | { ok: false; error: OutputChallengeFinding } {
  const { in_flight_txbytes: leaf, in_flight_output_pos: utxoPos, in_flight_proof: proof } = data
  if (!equalBytes(leaf, inFlightTx)) return { ok: false, error: 'other_in_flight_tx' }
  const transaction = parseCanonical(leaf)
  if (!transaction) return { ok: false, error: 'malformed_in_flight_tx' }
  const position = decodeUtxoPos(utxoPos)
  const output = position.outputIndex === outputIndex ? transaction.outputs[outputIndex] : undefined
  if (!output) return { ok: false, error: 'output_not_created' }
  const included = root !== undefined && verifyProof({ root, leaf, index: position.txIndex, proof })
  if (!included) return { ok: false, error: 'in_flight_tx_not_included' }
  return verifySpend({
    utxoPos,
    owner: output.owner,
    spendingTx: data.spending_txbytes,
    inputIndex: data.spending_input_index,
    signature: data.spending_sig,
    framework,
  })
}
