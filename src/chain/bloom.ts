import { fromHex, type Hex } from '../lib/bytes.ts'
import { keccak } from '../plasma/keccak.ts'

const BYTES = 256

/** Says of a text of bytes (an address or a topic) whether some log of a block may hold it: never a false no. */
export type Bloom = (text: Hex) => boolean

/** The bloom of a block's header; undefined when it tells nothing: an empty one, where the chain has none. */
export function readBloom(logsBloom: Hex | undefined): Bloom | undefined {
  if (logsBloom === undefined || /^0x0*$/.test(logsBloom)) return undefined
  const bits = fromHex(logsBloom)
  return bits.length === BYTES ? (text) => bitsOf(text).every((bit) => isSet(bits, bit)) : undefined
}

/** Three bits for each text: 11 bits of each of the first three pairs of bytes of its hash. */
function bitsOf(text: Hex): number[] {
  const hash = keccak(fromHex(text))
  return [0, 2, 4].map((at) => (((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) % (8 * BYTES))
}

/** Bit 0 is the lowest of the last byte. */
function isSet(bits: Uint8Array, bit: number): boolean {
  return (((bits[BYTES - 1 - (bit >> 3)] ?? 0) >> (bit & 7)) & 1) === 1
}
