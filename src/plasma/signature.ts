import { secp256k1 } from '@noble/curves/secp256k1.js'
import { toHex } from '../lib/bytes.ts'
import { keccak } from './keccak.ts'
import { readUint, writeUint } from './uint.ts'
import type { Address } from './units.ts'

/** Who signed a digest, undefined when nobody did. Signatures are `r`, `s`, `v`: 65 bytes, v from 27 on. */
export type Recover = (digest: Uint8Array, signature: Uint8Array) => Address | undefined

const ORDER = secp256k1.Point.CURVE().n

/** Accepts what the network accepts: high s too, and v up to 30 (watcher trap 19). */
export const recover: Recover = (digest, signature) => {
  const v = signature[64]
  if (signature.length !== 65 || v === undefined || v < 27 || v > 30) return undefined
  try {
    const parsed = secp256k1.Signature.fromBytes(signature.subarray(0, 64), 'compact').addRecoveryBit(v - 27)
    return addressOf(parsed.recoverPublicKey(digest).toBytes(false))
  } catch {
    return undefined
  }
}

/**
 * The signature as the contracts want it, which refuse high s and every v but 27 and 28: low s, v 27 or 28.
 * The signer stays the same. Bytes that are no signature come back as they are.
 */
export function normalise(signature: Uint8Array): Uint8Array {
  const normal = signature.slice()
  const parity = parityOf(signature)
  if (signature.length !== 65 || parity === undefined) return normal
  const s = readUint(signature.subarray(32, 64))
  const high = s > ORDER / 2n && s < ORDER
  if (high) {
    normal.fill(0, 32, 64)
    writeUint(ORDER - s, normal, 64)
  }
  normal[64] = 27 + (high ? 1 - parity : parity)
  return normal
}

/** Signs a digest: 65 bytes, low s, v 27 or 28, the same for the same key and digest. */
export function sign(digest: Uint8Array, privateKey: Uint8Array): Uint8Array {
  const signed = secp256k1.sign(digest, privateKey, { prehash: false, format: 'recovered' })
  const signature = new Uint8Array(65)
  signature.set(signed.subarray(1))
  signature[64] = 27 + (signed[0] ?? 0)
  return signature
}

/** The address that a private key signs for. */
export function signerAddress(privateKey: Uint8Array): Address {
  return addressOf(secp256k1.getPublicKey(privateKey, false))
}

/** The last 20 bytes of the hash of an uncompressed public key, whose first byte says that it is one. */
function addressOf(publicKey: Uint8Array): Address {
  return toHex(keccak(publicKey.subarray(1)).subarray(12)) as Address
}

function parityOf(signature: Uint8Array): 0 | 1 | undefined {
  const v = signature[64]
  if (v === 0 || v === 27) return 0
  return v === 1 || v === 28 ? 1 : undefined
}
