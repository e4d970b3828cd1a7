import { minimalUint, readUint } from '../plasma/uint.ts'
import type { Wei } from '../plasma/units.ts'

/** An amount as bytes that sort as amounts do: a longer one is the greater one. */
export function encodeAmount(amount: bigint): Buffer {
  const bytes = minimalUint(amount)
  const encoded = Buffer.alloc(1 + bytes.length)
  encoded[0] = bytes.length
  encoded.set(bytes, 1)
  return encoded
}

/** The inverse of {@link encodeAmount}. */
export function decodeAmount(encoded: Uint8Array): Wei {
  return readUint(encoded.subarray(1)) as Wei
}
