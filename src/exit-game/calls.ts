import { fromHex, toHex, type Hex } from '../lib/bytes.ts'
import { keccak } from '../plasma/keccak.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'

/**
 * Calls of the contracts as values for an ABI encoder: names and order as in the ABI of plasma-contracts v1.0.4,
 * bytes as hex. The bond that goes with a payable call is read from the contract when it is sent.
 */
export type Call<Name extends string, Args extends readonly unknown[]> = Readonly<{ functionName: Name; args: Args }>

/** A guard of the contract against copied calldata: `keccak256` of the packed sender. */
export function senderData(sender: Address): Hash {
  return toHex(keccak(fromHex(sender))) as Hash
}

export type StartStandardExitCall = Call<
  'startStandardExit',
  readonly [{ utxoPos: UtxoPos; rlpOutputTx: Hex; outputTxInclusionProof: Hex }]
>

export function startStandardExitCall(exit: {
  utxoPos: UtxoPos
  outputTx: Uint8Array
  proof: Uint8Array
}): StartStandardExitCall {
  const { utxoPos, outputTx, proof } = exit
  const args = { utxoPos, rlpOutputTx: toHex(outputTx), outputTxInclusionProof: toHex(proof) }
  return { functionName: 'startStandardExit', args: [args] }
}

export type ChallengeStandardExitCall = Call<
  'challengeStandardExit',
  readonly [{ exitId: bigint; exitingTx: Hex; challengeTx: Hex; inputIndex: number; witness: Hex; senderData: Hash }]
>

export function challengeStandardExitCall(challenge: {
  exitId: bigint
  exitingTx: Uint8Array
  challengeTx: Uint8Array
  inputIndex: number
  signature: Uint8Array
  /** Who will send it. */
  sender: Address
}): ChallengeStandardExitCall {
  const { exitId, exitingTx, challengeTx, inputIndex, signature, sender } = challenge
  const args = {
    exitId,
    exitingTx: toHex(exitingTx),
    challengeTx: toHex(challengeTx),
    inputIndex,
    witness: toHex(signature),
    senderData: senderData(sender),
  }
  return { functionName: 'challengeStandardExit', args: [args] }
}

export type StartInFlightExitCall = Call<
  'startInFlightExit',
  readonly [
    {
      inFlightTx: Hex
      inputTxs: readonly Hex[]
      inputUtxosPos: readonly UtxoPos[]
      inputTxsInclusionProofs: readonly Hex[]
      inFlightTxWitnesses: readonly Hex[]
    },
  ]
>

export function startInFlightExitCall(exit: {
  inFlightTx: Uint8Array
  inputTxs: readonly Uint8Array[]
  inputUtxosPos: readonly UtxoPos[]
  inputTxsInclusionProofs: readonly Uint8Array[]
  signatures: readonly Uint8Array[]
}): StartInFlightExitCall {
  const args = {
    inFlightTx: toHex(exit.inFlightTx),
    inputTxs: exit.inputTxs.map(toHex),
    inputUtxosPos: exit.inputUtxosPos,
    inputTxsInclusionProofs: exit.inputTxsInclusionProofs.map(toHex),
    inFlightTxWitnesses: exit.signatures.map(toHex),
  }
  return { functionName: 'startInFlightExit', args: [args] }
}

export type PiggybackCall =
  | Call<'piggybackInFlightExitOnInput', readonly [{ inFlightTx: Hex; inputIndex: number }]>
  | Call<'piggybackInFlightExitOnOutput', readonly [{ inFlightTx: Hex; outputIndex: number }]>

export function piggybackOnInputCall(piece: { inFlightTx: Uint8Array; inputIndex: number }): PiggybackCall {
  const args = { inFlightTx: toHex(piece.inFlightTx), inputIndex: piece.inputIndex }
  return { functionName: 'piggybackInFlightExitOnInput', args: [args] }
}

export function piggybackOnOutputCall(piece: { inFlightTx: Uint8Array; outputIndex: number }): PiggybackCall {
  const args = { inFlightTx: toHex(piece.inFlightTx), outputIndex: piece.outputIndex }
  return { functionName: 'piggybackInFlightExitOnOutput', args: [args] }
}
