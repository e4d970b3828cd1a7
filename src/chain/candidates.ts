import {
  type AbiFunction,
  type AbiParameter,
  decodeAbiParameters,
  type DecodeAbiParametersReturnType,
  toFunctionSelector,
} from 'viem'
import { equalBytes, fromHex } from '../lib/bytes.ts'

/** A function that takes one argument of no fixed size, as all those do whose calldata matters. */
type Call<Inputs extends readonly AbiParameter[]> = AbiFunction & { inputs: Inputs }

/** How many calls are read in one calldata, and how long one may be: a wrapper may carry decoys without end. */
const MOST_CANDIDATES = 1024
const LONGEST_CALL = 16_384
const OFFSET_ZEROS = 28

/** Where to look: in calldata that calls the contract itself, or in that of a wrapper, for calls anywhere inside. */
export type Search = 'direct' | 'anywhere'

/**
 * Every way to read the calldata as the arguments of a function. `anywhere`: as a call of it, as a call of a wrapper
 * that takes the same arguments, and as such calls somewhere inside (multicalls, contract wallets).
 */
export function* readings<const Inputs extends readonly AbiParameter[]>(
  call: Call<Inputs>,
  calldata: Uint8Array,
  search: Search,
): Iterable<DecodeAbiParametersReturnType<Inputs>> {
  const selector = fromHex(toFunctionSelector(call))
  const isDirect = equalBytes(calldata.subarray(0, 4), selector)
  const whole = isDirect || search === 'anywhere' ? decodeArguments(call.inputs, calldata.subarray(4)) : undefined
  if (whole) yield whole
  if (search === 'anywhere') yield* inside(call.inputs, calldata, selector)
}

function* inside<const Inputs extends readonly AbiParameter[]>(
  inputs: Inputs,
  calldata: Uint8Array,
  selector: Uint8Array,
): Iterable<DecodeAbiParametersReturnType<Inputs>> {
  const bytes = Buffer.from(calldata.buffer, calldata.byteOffset, calldata.byteLength)
  let read = 0
  for (let at = bytes.indexOf(selector, 4); at >= 0 && read < MOST_CANDIDATES; at = bytes.indexOf(selector, at + 1)) {
    const rest = calldata.subarray(at + 4, at + 4 + LONGEST_CALL)
    if (!beginsWithOffset(rest)) continue
    read++
    const inner = decodeArguments(inputs, rest)
    if (inner) yield inner
  }
}

/** Says where the argument lies: a small number in a word. */
function beginsWithOffset(bytes: Uint8Array): boolean {
  return bytes.length >= 32 && bytes.subarray(0, OFFSET_ZEROS).every((byte) => byte === 0)
}

function decodeArguments<const Inputs extends readonly AbiParameter[]>(inputs: Inputs, bytes: Uint8Array) {
  try {
    return decodeAbiParameters(inputs, bytes)
  } catch {
    return undefined
  }
}
