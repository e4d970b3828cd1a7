import { toHex } from '../lib/bytes.ts'
import { ETH, type Address } from './units.ts'

/** The address that 20 bytes spell. */
export function readAddress(bytes: Uint8Array): Address {
  return isZero(bytes) ? ETH : (toHex(bytes) as Address)
}

/** Writes the 20 bytes of an address at `at`. */
export function writeAddress(address: Address, bytes: Uint8Array, at: number): void {
  for (let index = 0; index < 20; index++) {
    const text = 2 + 2 * index
    bytes[at + index] = 16 * nibble(address.charCodeAt(text)) + nibble(address.charCodeAt(text + 1))
  }
}

/** The 20 bytes of an address. */
export function addressBytes(address: Address): Uint8Array {
  const bytes = new Uint8Array(20)
  writeAddress(address, bytes, 0)
  return bytes
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

/** The value of a lower-case hex digit, by its character code: '0' is 48, 'a' is 97. */
function nibble(code: number): number {
  return code < 58 ? code - 48 : code - 87
}
