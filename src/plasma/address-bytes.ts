import { toHex, writeHex } from '../lib/bytes.ts'
import { ETH, type Address } from './units.ts'

/** The address that 20 bytes spell. */
export function readAddress(bytes: Uint8Array): Address {
  return isZero(bytes) ? ETH : (toHex(bytes) as Address)
}

/** Writes the 20 bytes of an address at `at`. */
export function writeAddress(address: Address, bytes: Uint8Array, at: number): void {
  writeHex(address, bytes, at)
}

/** The 20 bytes of an address. */
export function addressBytes(address: Address): Uint8Array {
  const bytes = new Uint8Array(20)
  writeAddress(address, bytes, 0)
  return bytes
}

export function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0) return false
  return true
}
