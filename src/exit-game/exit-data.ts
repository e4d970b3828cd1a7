import { decodeUtxoPos, isDepositBlock } from '../plasma/position.ts'
import { normalise } from '../plasma/signature.ts'
import { decodeTransaction, type SignedTransaction } from '../plasma/transaction.ts'
import type { UtxoPos } from '../plasma/units.ts'
import type { Evidence } from './evidence.ts'

/** The answer of `/utxo.get_exit_data`; fields as on elixir-omg's wire. */
export type ExitData = { utxo_pos: UtxoPos; txbytes: Uint8Array; proof: Uint8Array }

export type ExitDataError = 'utxo_not_found' | 'no_deposit_for_given_blknum'

/** The answer of `/in_flight_exit.get_data`. */
export type InFlightExitData = {
  in_flight_tx: Uint8Array
  input_txs: readonly Uint8Array[]
  input_utxos_pos: readonly UtxoPos[]
  input_txs_inclusion_proofs: readonly Uint8Array[]
  in_flight_tx_sigs: readonly Uint8Array[]
}

/**
 * What starts a standard exit of an output, or proves it as an input of an in-flight exit: the output need not be
 * unspent, and a spent deposit is proven like any other.
 */
export function exitData(
  evidence: Evidence,
  utxoPos: UtxoPos,
): { ok: true; data: ExitData } | { ok: false; error: ExitDataError } {
  const { outputIndex, ...place } = decodeUtxoPos(utxoPos)
  const txbytes = evidence.creatingTransaction(utxoPos)
  if (txbytes && creates(txbytes, outputIndex)) {
    const proof = evidence.inclusionProof(place)
    if (proof) return { ok: true, data: { utxo_pos: utxoPos, txbytes, proof } }
  }
  return { ok: false, error: isDepositBlock(place.blknum) ? 'no_deposit_for_given_blknum' : 'utxo_not_found' }
}

function creates(raw: Uint8Array, outputIndex: number): boolean {
  const decoded = decodeTransaction(raw)
  return decoded.ok && outputIndex < decoded.value.outputs.length
}

/** What starts an in-flight exit of a signed transaction: every input proven to be in a block. */
export function inFlightExitData(
  evidence: Evidence,
  { transaction, signatures }: SignedTransaction,
): { ok: true; data: InFlightExitData } | { ok: false; error: 'tx_for_input_not_found' } {
  const inputs: ExitData[] = []
  for (const utxoPos of transaction.inputs) {
    const input = exitData(evidence, utxoPos)
    if (!input.ok) return { ok: false, error: 'tx_for_input_not_found' }
    inputs.push(input.data)
  }
  return {
    ok: true,
    data: {
      in_flight_tx: transaction.raw,
      input_txs: inputs.map(({ txbytes }) => txbytes),
      input_utxos_pos: transaction.inputs,
      input_txs_inclusion_proofs: inputs.map(({ proof }) => proof),
      in_flight_tx_sigs: signatures.map(normalise),
    },
  }
}
