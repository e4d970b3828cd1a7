/** Bytes as text: `0x` and two lower-case hex digits a byte. */
export type Hex = `0x${string}`

const HEX = /^0x(?:[0-9a-fA-F]{2})*$/

/** Short texts are made from here: a buffer of their own would cost more than the digits. */
const scratch = Buffer.alloc(128)

export function toHex(bytes: Uint8Array): Hex {
  const { length } = bytes
  if (length > scratch.length) return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('hex')}`
  scratch.set(bytes)
  return `0x${scratch.toString('hex', 0, length)}`
}

/** Writes the bytes of a text that is known to be lower-case `0x` hex, at `at`. */
export function writeHex(text: Hex, bytes: Uint8Array, at: number): void {
  const size = (text.length - 2) / 2
  for (let index = 0; index < size; index++) {
    const digits = 2 + 2 * index
    bytes[at + index] = 16 * nibble(text.charCodeAt(digits)) + nibble(text.charCodeAt(digits + 1))
  }
}

/** The bytes that a `0x` text names, or undefined when it is not one. Mixed case is accepted. */
export function parseHex(text: string): Uint8Array | undefined {
  if (!HEX.test(text)) return undefined
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
}

/**
 * {@link parseHex} of many texts, undefined when one of them is none. What comes back are views into one buffer: as many
 * small ones would cost far more memory than they hold.
 */
export function parseHexes(texts: readonly string[]): Uint8Array[] | undefined {
  if (!texts.every((text) => HEX.test(text))) return undefined
  const whole = Buffer.alloc(texts.reduce((size, text) => size + text.length / 2 - 1, 0))
  let at = 0
  return texts.map((text) => {
    const start = at
    at += whole.write(text.slice(2), start, 'hex')
    return new Uint8Array(whole.buffer, whole.byteOffset + start, at - start)
  })
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

/** The value of a lower-case hex digit, by its character code: '0' is 48, 'a' is 97. */
function nibble(code: number): number {
  return code < 58 ? code - 48 : code - 87
}
