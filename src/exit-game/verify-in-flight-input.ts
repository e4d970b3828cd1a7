import { equalBytes } from '../lib/bytes.ts'
import { outputId } from '../plasma/output-id.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Output } from '../plasma/transaction.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import { parseCanonical } from './canonical-transaction.ts'

/** What the contract holds of an in-flight exit, against which untrusted data about one of its inputs is checked. */
export type InputOnContract = {
  /** The raw in-flight transaction of the exit that is to be challenged. */
  inFlightTx: Uint8Array
  /** `inFlightExits(id).inputs[index].outputId`. */
  inputOutputId: Hash
  framework: Address
}

export type ClaimedInput = {
  inFlightTx: Uint8Array
  index: number
  /** Raw transaction that is said to have created the input. */
  inputTx: Uint8Array
  inputUtxoPos: UtxoPos
}

export type InputFinding =
  'other_in_flight_tx' | 'malformed_in_flight_tx' | 'malformed_input_tx' | 'output_not_created' | 'input_mismatch'

/** Checks that the data speaks of an input of this very exit, and finds the output that it is. */
export function verifyInFlightInput(
  { inFlightTx, index, inputTx, inputUtxoPos }: ClaimedInput,
  onContract: InputOnContract,
): { ok: true; output: Output } | { ok: false; error: InputFinding } {
  if (!equalBytes(inFlightTx, onContract.inFlightTx)) return { ok: false, error: 'other_in_flight_tx' }
  const transaction = parseCanonical(inFlightTx)
  if (!transaction) return { ok: false, error: 'malformed_in_flight_tx' }
  if (transaction.inputs[index] !== inputUtxoPos) return { ok: false, error: 'input_mismatch' }
  const creating = parseCanonical(inputTx)
  if (!creating) return { ok: false, error: 'malformed_input_tx' }
  const { outputIndex } = decodeUtxoPos(inputUtxoPos)
  const output = creating.outputs[outputIndex]
  if (!output) return { ok: false, error: 'output_not_created' }
  const id = outputId(inputTx, outputIndex, inputUtxoPos)
  return id === onContract.inputOutputId ? { ok: true, output } : { ok: false, error: 'input_mismatch' }
}
