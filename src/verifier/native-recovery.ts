import { createRequire } from 'node:module'
import { toHex } from '../lib/bytes.ts'
import type { Keccak } from '../plasma/keccak.ts'
import type { Recover } from '../plasma/signature.ts'
import type { Address } from '../plasma/units.ts'

/** The part of `secp256k1/bindings` that is used. It throws for what is no signature. */
type Bindings = {
  ecdsaRecover: (
    ...call: [signature: Uint8Array, recoveryId: number, digest: Uint8Array, compressed: boolean, output: Uint8Array]
  ) => Uint8Array
}

const COORDINATES = 64

const require = createRequire(import.meta.url)

/** The C library, undefined where it neither came built for this platform nor could be built. */
export function loadBindings(): Bindings | undefined {
  try {
    return require('secp256k1/bindings') as Bindings
  } catch {
    return undefined
  }
}

/** Recovers as the one in plasma/ does, some thirty times as fast. */
export function nativeRecover({ ecdsaRecover }: Bindings, keccak: Keccak): Recover {
  const publicKey = new Uint8Array(1 + COORDINATES)
  const coordinates = publicKey.subarray(1)
  return (digest, signature) => {
    const v = signature[64]
    if (signature.length !== 65 || v === undefined || v < 27 || v > 30) return undefined
    try {
      ecdsaRecover(signature.subarray(0, 64), v - 27, digest, false, publicKey)
    } catch {
      return undefined
    }
    return toHex(keccak(coordinates).subarray(12)) as Address
  }
}
