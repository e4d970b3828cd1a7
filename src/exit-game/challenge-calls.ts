import { toHex, type Hex } from '../lib/bytes.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import { senderData, type Call } from './calls.ts'
import type { CanonicalProof } from './canonical-proof.ts'
import type { CompetitorData } from './competitor-data.ts'
import type { InputChallengeData, OutputChallengeData } from './piggyback-challenge.ts'

export type ChallengeNotCanonicalCall = Call<
  'challengeInFlightExitNotCanonical',
  readonly [
    {
      inputTx: Hex
      inputUtxoPos: UtxoPos
      inFlightTx: Hex
      inFlightTxInputIndex: number
      competingTx: Hex
      competingTxInputIndex: number
      competingTxPos: UtxoPos
      competingTxInclusionProof: Hex
      competingTxWitness: Hex
    },
  ]
>

/** Position 0 and no proof stand for a competitor that no block holds. */
export function challengeNotCanonicalCall(data: CompetitorData): ChallengeNotCanonicalCall {
  const args = {
    inputTx: toHex(data.input_tx),
    inputUtxoPos: data.input_utxo_pos,
    inFlightTx: toHex(data.in_flight_txbytes),
    inFlightTxInputIndex: data.in_flight_input_index,
    competingTx: toHex(data.competing_txbytes),
    competingTxInputIndex: data.competing_input_index,
    competingTxPos: data.competing_tx_pos,
    competingTxInclusionProof: toHex(data.competing_proof),
    competingTxWitness: toHex(data.competing_sig),
  }
  return { functionName: 'challengeInFlightExitNotCanonical', args: [args] }
}

export type RespondToChallengeCall = Call<
  'respondToNonCanonicalChallenge',
  readonly [inFlightTx: Hex, inFlightTxPos: UtxoPos, inFlightTxInclusionProof: Hex]
>

/** The one call whose arguments are not packed into a tuple. */
export function respondToChallengeCall(data: CanonicalProof): RespondToChallengeCall {
  const { in_flight_txbytes: inFlightTx, in_flight_tx_pos: position, in_flight_proof: proof } = data
  return { functionName: 'respondToNonCanonicalChallenge', args: [toHex(inFlightTx), position, toHex(proof)] }
}

export type ChallengeInputSpentCall = Call<
  'challengeInFlightExitInputSpent',
  readonly [
    {
      inFlightTx: Hex
      inFlightTxInputIndex: number
      challengingTx: Hex
      challengingTxInputIndex: number
      challengingTxWitness: Hex
      inputTx: Hex
      inputUtxoPos: UtxoPos
      senderData: Hash
    },
  ]
>

export function challengeInputSpentCall(data: InputChallengeData, sender: Address): ChallengeInputSpentCall {
  const args = {
    inFlightTx: toHex(data.in_flight_txbytes),
    inFlightTxInputIndex: data.in_flight_input_index,
    challengingTx: toHex(data.spending_txbytes),
    challengingTxInputIndex: data.spending_input_index,
    challengingTxWitness: toHex(data.spending_sig),
    inputTx: toHex(data.input_tx),
    inputUtxoPos: data.input_utxo_pos,
    senderData: senderData(sender),
  }
  return { functionName: 'challengeInFlightExitInputSpent', args: [args] }
}

export type ChallengeOutputSpentCall = Call<
  'challengeInFlightExitOutputSpent',
  readonly [
    {
      inFlightTx: Hex
      inFlightTxInclusionProof: Hex
      outputUtxoPos: UtxoPos
      challengingTx: Hex
      challengingTxInputIndex: number
      challengingTxWitness: Hex
      senderData: Hash
    },
  ]
>

export function challengeOutputSpentCall(data: OutputChallengeData, sender: Address): ChallengeOutputSpentCall {
  const args = {
    inFlightTx: toHex(data.in_flight_txbytes),
    inFlightTxInclusionProof: toHex(data.in_flight_proof),
    outputUtxoPos: data.in_flight_output_pos,
    challengingTx: toHex(data.spending_txbytes),
    challengingTxInputIndex: data.spending_input_index,
    challengingTxWitness: toHex(data.spending_sig),
    senderData: senderData(sender),
  }
  return { functionName: 'challengeInFlightExitOutputSpent', args: [args] }
}
