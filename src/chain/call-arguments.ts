import { type DecodeAbiParametersReturnType, getAbiItem } from 'viem'
import { equalBytes, fromHex } from '../lib/bytes.ts'
import { inFlightExitId, standardExitId } from '../exit-game/exit-id.ts'
import { decodeTransaction } from '../plasma/transaction.ts'
import { keccak } from '../plasma/keccak.ts'
import type { Hash, UtxoPos } from '../plasma/units.ts'
import { exitGameAbi, vaultAbi } from './abi.ts'
import { readings, type Search } from './candidates.ts'

const startStandardExit = getAbiItem({ abi: exitGameAbi, name: 'startStandardExit' })
const startInFlightExit = getAbiItem({ abi: exitGameAbi, name: 'startInFlightExit' })
const challengeNotCanonical = getAbiItem({ abi: exitGameAbi, name: 'challengeInFlightExitNotCanonical' })
const deposit = getAbiItem({ abi: vaultAbi, name: 'deposit' })

/** `proof` that a child block holds `outputTx`, as it was given to the contract. */
export type StandardExitStart = { utxoPos: UtxoPos; outputTx: Uint8Array; proof: Uint8Array }

/**
 * What `startStandardExit` was called with, for every call that the calldata holds which gives this exit id. The id of
 * an output of a child block does not hold its position, so a call that was not made may be among them.
 */
export function* standardExitStarts(calldata: Uint8Array, exitId: bigint, search: Search): Iterable<StandardExitStart> {
  for (const [args] of readings(startStandardExit, calldata, search)) {
    const { utxoPos, rlpOutputTx, outputTxInclusionProof } = args
    const start = {
      utxoPos: utxoPos as UtxoPos,
      outputTx: fromHex(rlpOutputTx),
      proof: fromHex(outputTxInclusionProof),
    }
    if (standardExitId(start.outputTx, start.utxoPos) === exitId) yield start
  }
}

export type InFlightExitStart = {
  exitId: bigint
  inFlightTx: Uint8Array
  signatures: readonly Uint8Array[]
  inputTxs: readonly Uint8Array[]
  inputUtxosPos: readonly UtxoPos[]
}

/** What `startInFlightExit` was called with, for every call that the calldata holds for the transaction of this hash. */
export function* inFlightExitStarts(
  calldata: Uint8Array,
  txHash: Hash,
  search: Search,
): Iterable<InFlightExitStart & { proofs: readonly Uint8Array[] }> {
  for (const [args] of readings(startInFlightExit, calldata, search)) {
    const inFlightTx = fromHex(args.inFlightTx)
    if (!hashesTo(inFlightTx, txHash)) continue
    const start = {
      exitId: inFlightExitId(inFlightTx),
      inFlightTx,
      signatures: args.inFlightTxWitnesses.map((signature) => fromHex(signature)),
      inputTxs: args.inputTxs.map((tx) => fromHex(tx)),
      inputUtxosPos: args.inputUtxosPos.map((position) => position as UtxoPos),
      proofs: args.inputTxsInclusionProofs.map((proof) => fromHex(proof)),
    }
    if (fitsItsInputs(start)) yield start
  }
}

export type CanonicityChallenge = {
  competingTx: Uint8Array
  competingTxInputIndex: number
  competingTxSignature: Uint8Array
}

/** What both transactions spend, and where the competitor stands, as it was told to the contract. */
export type SharedInput = {
  inputTx: Uint8Array
  inputUtxoPos: UtxoPos
  inFlightTx: Uint8Array
  inFlightTxInputIndex: number
  competingTxProof: Uint8Array
}

export const NOT_INCLUDED = 2n ** 256n - 1n

/** What `challengeInFlightExitNotCanonical` was called with, for every call that fits what was logged. */
export function* canonicityChallenges(
  calldata: Uint8Array,
  logged: { txHash: Hash; competitorPosition: bigint },
  search: Search,
): Iterable<CanonicityChallenge & SharedInput> {
  for (const [args] of readings(challengeNotCanonical, calldata, search)) {
    const position = args.competingTxPos === 0n ? NOT_INCLUDED : args.competingTxPos
    const inFlightTx = fromHex(args.inFlightTx)
    if (position !== logged.competitorPosition || !hashesTo(inFlightTx, logged.txHash)) continue
    yield { ...challengeOf(args), inFlightTx }
  }
}

/** What a vault's `deposit` was called with, for every call that the calldata holds. */
export function* deposits(calldata: Uint8Array, search: Search): Iterable<Uint8Array> {
  for (const [raw] of readings(deposit, calldata, search)) yield fromHex(raw)
}

function challengeOf(args: DecodeAbiParametersReturnType<typeof challengeNotCanonical.inputs>[0]) {
  return {
    competingTx: fromHex(args.competingTx),
    competingTxInputIndex: args.competingTxInputIndex,
    competingTxSignature: fromHex(args.competingTxWitness),
    inputTx: fromHex(args.inputTx),
    inputUtxoPos: args.inputUtxoPos as UtxoPos,
    inFlightTxInputIndex: args.inFlightTxInputIndex,
    competingTxProof: fromHex(args.competingTxInclusionProof),
  }
}

/** The contract demands as much; a decoy beside the real call need not. */
function fitsItsInputs({ inFlightTx, signatures, inputTxs, inputUtxosPos }: InFlightExitStart): boolean {
  const decoded = decodeTransaction(inFlightTx)
  if (!decoded.ok) return false
  const { inputs } = decoded.value
  const same = inputs.every((input, at) => input === inputUtxosPos[at])
  return same && [signatures, inputTxs, inputUtxosPos].every(({ length }) => length === inputs.length)
}

function hashesTo(raw: Uint8Array, txHash: Hash): boolean {
  return equalBytes(keccak(raw), fromHex(txHash))
}
