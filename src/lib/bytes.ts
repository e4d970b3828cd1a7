/** Bytes as text: `0x` and two lower-case hex digits a byte. */
export type Hex = `0x${string}`

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function toHex(bytes: Uint8Array): Hex {
  let text = '0x'
  for (const byte of bytes) text += DIGITS[byte] ?? ''
  return text as Hex
}

/** The bytes that a `0x` text names, or undefined when it is not one. Mixed case is accepted. */
export function parseHex(text: string): Uint8Array | undefined {
  if (!/^0x(?:[0-9a-fA-F]{2})*$/.test(text)) return undefined
  return Uint8Array.from(Buffer.from(text.slice(2), 'hex'))
}

/**
 * The bytes of a text that is known to be `0x` hex.
 *
 * @throws {RangeError} when it is not: a bug of the caller, untrusted text goes through {@link parseHex}.
 */
export function fromHex(text: Hex): Uint8Array {
  const bytes = parseHex(text)
  if (!bytes) throw new RangeError(`Not hex: ${text.slice(0, 20)}`)
  return bytes
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at])
}

/** Big-endian, unsigned. No bytes are 0. */
export function toBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(toHex(bytes))
}

/** A uint256 as the ABI packs it: 32 bytes, big-endian. */
export function uint256(value: bigint): Uint8Array {
  return fromHex(`0x${value.toString(16).padStart(64, '0')}`)
}
