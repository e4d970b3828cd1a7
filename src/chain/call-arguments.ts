import {
  type AbiParameter,
  type AbiFunction,
  decodeAbiParameters,
  type DecodeAbiParametersReturnType,
  getAbiItem,
  toFunctionSelector,
} from 'viem'
import { equalBytes, fromHex, type Hex } from '../lib/bytes.ts'
import { inFlightExitId, standardExitId } from '../exit-game/exit-id.ts'
import { decodeTransaction } from '../plasma/transaction.ts'
import { keccak } from '../plasma/keccak.ts'
import type { Hash, UtxoPos } from '../plasma/units.ts'
import { exitGameAbi } from './abi.ts'

const startStandardExit = getAbiItem({ abi: exitGameAbi, name: 'startStandardExit' })
const startInFlightExit = getAbiItem({ abi: exitGameAbi, name: 'startInFlightExit' })
const challengeNotCanonical = getAbiItem({ abi: exitGameAbi, name: 'challengeInFlightExitNotCanonical' })

/** How often a selector is looked for in one calldata: a wrapper may carry decoys without end. */
const MOST_CANDIDATES = 128

/**
 * What `startStandardExit` was called with, where the calldata holds a call that gave this exit id. The id of an output
 * of a child block does not hold its position, so that has to be given unless the call is known to have been made.
 */
export function findStandardExitStart(
  calldata: Hex,
  exit: { exitId: bigint; utxoPos?: UtxoPos | undefined },
): { utxoPos: UtxoPos; outputTx: Uint8Array } | undefined {
  for (const [{ utxoPos, rlpOutputTx }] of candidates(startStandardExit, calldata)) {
    const found = { utxoPos: utxoPos as UtxoPos, outputTx: fromHex(rlpOutputTx) }
    const placed = exit.utxoPos === undefined || exit.utxoPos === utxoPos
    if (placed && standardExitId(found.outputTx, found.utxoPos) === exit.exitId) return found
  }
  return undefined
}

export type InFlightExitStart = {
  exitId: bigint
  inFlightTx: Uint8Array
  signatures: readonly Uint8Array[]
  inputTxs: readonly Uint8Array[]
  inputUtxosPos: readonly UtxoPos[]
}

/** What `startInFlightExit` was called with, where the calldata holds a call for the transaction of this hash. */
export function findInFlightExitStart(calldata: Hex, txHash: Hash): InFlightExitStart | undefined {
  for (const [args] of candidates(startInFlightExit, calldata)) {
    const start = inFlightExitStart(args)
    if (hashesTo(start.inFlightTx, txHash) && fitsItsInputs(start)) return start
  }
  return undefined
}

export type CanonicityChallenge = {
  competingTx: Uint8Array
  competingTxInputIndex: number
  competingTxSignature: Uint8Array
}

const NOT_INCLUDED = 2n ** 256n - 1n

/** What `challengeInFlightExitNotCanonical` was called with, where the calldata holds the call that was logged. */
export function findCanonicityChallenge(
  calldata: Hex,
  logged: { txHash: Hash; competitorPosition: bigint },
): CanonicityChallenge | undefined {
  for (const [args] of candidates(challengeNotCanonical, calldata)) {
    const position = args.competingTxPos === 0n ? NOT_INCLUDED : args.competingTxPos
    if (position !== logged.competitorPosition || !hashesTo(fromHex(args.inFlightTx), logged.txHash)) continue
    return {
      competingTx: fromHex(args.competingTx),
      competingTxInputIndex: args.competingTxInputIndex,
      competingTxSignature: fromHex(args.competingTxWitness),
    }
  }
  return undefined
}

function inFlightExitStart(args: DecodeAbiParametersReturnType<typeof startInFlightExit.inputs>[0]): InFlightExitStart {
  const inFlightTx = fromHex(args.inFlightTx)
  return {
    exitId: inFlightExitId(inFlightTx),
    inFlightTx,
    signatures: args.inFlightTxWitnesses.map((signature) => fromHex(signature)),
    inputTxs: args.inputTxs.map((tx) => fromHex(tx)),
    inputUtxosPos: args.inputUtxosPos.map((position) => position as UtxoPos),
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

/**
 * Every way to read the calldata as the arguments of a function: as a call of it, as a call of a wrapper that takes the
 * same arguments, and as such calls somewhere inside (multicalls, contract wallets).
 */
function* candidates<const Inputs extends readonly AbiParameter[]>(
  call: AbiFunction & { inputs: Inputs },
  calldata: Hex,
): Iterable<DecodeAbiParametersReturnType<Inputs>> {
  const whole = decodeArguments(call.inputs, calldata.slice(10))
  if (whole) yield whole
  const selector = toFunctionSelector(call).slice(2)
  let at = calldata.indexOf(selector, 10)
  for (let seen = 0; at >= 0 && seen < MOST_CANDIDATES; seen++) {
    const inner = at % 2 === 0 ? decodeArguments(call.inputs, calldata.slice(at + 8)) : undefined
    if (inner) yield inner
    at = calldata.indexOf(selector, at + 1)
  }
}

function decodeArguments<const Inputs extends readonly AbiParameter[]>(inputs: Inputs, digits: string) {
  try {
    return decodeAbiParameters(inputs, `0x${digits}`)
  } catch {
    return undefined
  }
}
