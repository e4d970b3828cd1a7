import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { concatBytes, toBigInt, uint256 } from '../../src/lib/bytes.ts'
import { normalise, recover, sign } from '../../src/plasma/signature.ts'
import { alice, bob, carol, mallory, operator } from '../support/signers.ts'
import { word } from './arbitraries.ts'

const people = fc.constantFrom(alice, bob, carol, mallory, operator)
const order = secp256k1.Point.CURVE().n

/** The same signature as everybody can make it of another: the other s, the other v. */
function malleate(signature: Uint8Array): Uint8Array {
  const s = toBigInt(signature.subarray(32, 64))
  return concatBytes(signature.subarray(0, 32), uint256(order - s), Uint8Array.of(55 - (signature[64] ?? 0)))
}

describe('who signed', () => {
  test('is the one whose key it was', () => {
    fc.assert(
      fc.property(people, word, (signer, digest) => {
        expect(recover(digest, sign(digest, signer.privateKey))).toBe(signer.address)
      }),
      { numRuns: 20 },
    )
  })

  test('is somebody else for another digest', () => {
    fc.assert(
      fc.property(people, word, word, (signer, digest, other) => {
        fc.pre(digest.some((byte, at) => byte !== other[at]))
        expect(recover(other, sign(digest, signer.privateKey))).not.toBe(signer.address)
      }),
      { numRuns: 20 },
    )
  })

  test('is the same for a high s, as on the network', () => {
    fc.assert(
      fc.property(people, word, (signer, digest) => {
        expect(recover(digest, malleate(sign(digest, signer.privateKey)))).toBe(signer.address)
      }),
      { numRuns: 20 },
    )
  })

  test('is nobody for bytes that are no signature', () => {
    const digest = new Uint8Array(32).fill(1)
    const signature = sign(digest, alice.privateKey)
    const withV = (v: number) => concatBytes(signature.subarray(0, 64), Uint8Array.of(v))
    const nothing = new Uint8Array(32)
    const r = signature.subarray(0, 32)
    const s = signature.subarray(32, 64)
    const hostile = [
      new Uint8Array(0),
      new Uint8Array(65),
      signature.subarray(0, 64),
      concatBytes(signature, Uint8Array.of(27)),
      ...[0, 1, 26, 29, 30, 31, 255].map(withV),
      concatBytes(nothing, s, Uint8Array.of(27)),
      concatBytes(r, nothing, Uint8Array.of(27)),
      concatBytes(uint256(order), s, Uint8Array.of(27)),
      concatBytes(r, uint256(order), Uint8Array.of(27)),
      concatBytes(new Uint8Array(32).fill(255), s, Uint8Array.of(27)),
      concatBytes(uint256(5n), s, Uint8Array.of(27)),
    ]
    for (const each of hostile) expect(recover(digest, each)).toBeUndefined()
  })

  test('never throws', () => {
    fc.assert(
      fc.property(word, fc.uint8Array({ maxLength: 70 }), (digest, bytes) => {
        expect(() => recover(digest, bytes)).not.toThrow()
      }),
    )
  })
})

describe('a signature for the contracts', () => {
  test('of a high s has a low one, and the same signer', () => {
    fc.assert(
      fc.property(people, word, (signer, digest) => {
        const signature = sign(digest, signer.privateKey)
        expect(normalise(malleate(signature))).toEqual(signature)
      }),
      { numRuns: 20 },
    )
  })

  test('is the same when it was one before, and is another array', () => {
    const digest = new Uint8Array(32).fill(2)
    const signature = sign(digest, alice.privateKey)

    expect(normalise(signature)).toEqual(signature)
    expect(normalise(signature)).not.toBe(signature)
  })

  test('has v 27 or 28, also where somebody wrote 0 or 1', () => {
    const signature = sign(new Uint8Array(32).fill(3), bob.privateKey)
    for (const each of [signature, malleate(signature)]) {
      const short = concatBytes(each.subarray(0, 64), Uint8Array.of((each[64] ?? 0) - 27))
      expect(normalise(short)).toEqual(signature)
    }
  })

  test('cannot be made of bytes that are none: they stay as they are', () => {
    const hostile = [new Uint8Array(0), new Uint8Array(64).fill(1), new Uint8Array(65).fill(30), new Uint8Array(70)]
    for (const each of hostile) expect(normalise(each)).toEqual(each)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(normalise(normalise(bytes))).toEqual(normalise(bytes))
      }),
    )
  })
})
