import { z } from 'zod'
import type { UtxoPos } from '../plasma/units.ts'
import { bytes, index, uint } from './wire.ts'

/**
 * What a Watcher serves for answers and exits (watcher.md 2.2); what the exit game has a shape of keeps the wire's names.
 * Nothing in it has been checked.
 */
const position = uint.transform((value) => value as UtxoPos)

/** `/utxo.get_challenge_data` */
export const standardExitChallenge = z
  .object({ exit_id: uint, exiting_tx: bytes, txbytes: bytes, input_index: index, sig: bytes })
  .transform((data) => ({
    exitId: data.exit_id,
    exitingTx: data.exiting_tx,
    challengeTx: data.txbytes,
    inputIndex: data.input_index,
    signature: data.sig,
  }))

/** `/utxo.get_exit_data` */
export const exitData = z
  .object({ utxo_pos: position, txbytes: bytes, proof: bytes })
  .transform((data) => ({ utxoPos: data.utxo_pos, outputTx: data.txbytes, proof: data.proof }))

/** `/in_flight_exit.get_data` */
export const inFlightExitData = z
  .object({
    in_flight_tx: bytes,
    input_txs: z.array(bytes),
    input_utxos_pos: z.array(position),
    input_txs_inclusion_proofs: z.array(bytes),
    in_flight_tx_sigs: z.array(bytes),
  })
  .transform((data) => ({
    inFlightTx: data.in_flight_tx,
    inputTxs: data.input_txs,
    inputUtxosPos: data.input_utxos_pos,
    inputTxsInclusionProofs: data.input_txs_inclusion_proofs,
    signatures: data.in_flight_tx_sigs,
  }))

/** `/in_flight_exit.get_competitor`: position 0 and no proof when the competitor is in no block. */
export const competitor = z.object({
  in_flight_txbytes: bytes,
  in_flight_input_index: index,
  competing_txbytes: bytes,
  competing_input_index: index,
  competing_sig: bytes,
  competing_tx_pos: position,
  competing_proof: bytes,
  input_tx: bytes,
  input_utxo_pos: position,
})

/** `/in_flight_exit.prove_canonical` */
export const canonicalProof = z.object({
  in_flight_txbytes: bytes,
  in_flight_tx_pos: position,
  in_flight_proof: bytes,
})

/** `/in_flight_exit.get_input_challenge_data` */
export const inputChallenge = z.object({
  in_flight_txbytes: bytes,
  in_flight_input_index: index,
  spending_txbytes: bytes,
  spending_input_index: index,
  spending_sig: bytes,
  input_tx: bytes,
  input_utxo_pos: position,
})

/** `/in_flight_exit.get_output_challenge_data` */
export const outputChallenge = z.object({
  in_flight_txbytes: bytes,
  in_flight_output_pos: position,
  in_flight_proof: bytes,
  spending_txbytes: bytes,
  spending_input_index: index,
  spending_sig: bytes,
})
