import { keccak_256 } from '@noble/hashes/sha3.js'

/** Keccak-256 of some bytes. Who checks whole blocks binds a faster one than the default. */
export type Keccak = (bytes: Uint8Array) => Uint8Array

/** In pure JavaScript. */
export const keccak: Keccak = keccak_256
