import { signerAddress } from '../../src/plasma/signature.ts'
import type { Address } from '../../src/plasma/units.ts'

/** A person of the stories: the same key and address in every run. */
export type Signer = { name: string; privateKey: Uint8Array; address: Address }

function person(name: string, seed: number): Signer {
  const privateKey = new Uint8Array(32).fill(seed)
  return { name, privateKey, address: signerAddress(privateKey) }
}

export const alice = person('Alice', 0xa1)
export const bob = person('Bob', 0xb0)
export const carol = person('Carol', 0xca)
export const mallory = person('Mallory', 0x3a)
export const operator = person('operator', 0x09)
