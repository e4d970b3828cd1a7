import { describe, expect, test } from '@jest/globals'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import fc from 'fast-check'
import { concatBytes, toBigInt, uint256 } from '../../src/lib/bytes.ts'
import { keccak } from '../../src/plasma/keccak.ts'
import { recover, sign } from '../../src/plasma/signature.ts'
import { availableLibrary, loadTools } from '../../src/verifier/tools.ts'
import { alice, bob, carol } from '../support/signers.ts'

const native = await loadTools('native')
const order = secp256k1.Point.CURVE().n

const word = fc.uint8Array({ minLength: 32, maxLength: 32 })
const honest = fc
  .tuple(word, fc.constantFrom(alice, bob, carol))
  .map(([digest, { privateKey }]) => ({ digest, signature: sign(digest, privateKey) }))
const scalar = fc.oneof(
  word,
  fc.constantFrom(0n, 1n, order - 1n, order, order + 1n, 2n ** 256n - 1n).map(uint256),
  // Small enough for the x of a point that a v of 29 or 30 stands for.
  fc.bigInt({ min: 1n, max: 2n ** 128n }).map(uint256),
)
const v = fc.oneof(fc.integer({ min: 27, max: 30 }), fc.nat(255))
const change = fc.record({ at: fc.nat(64), byte: fc.nat(255), other: v })

function malleate(signature: Uint8Array): Uint8Array {
  const s = uint256(order - toBigInt(signature.subarray(32, 64)))
  return concatBytes(signature.subarray(0, 32), s, Uint8Array.of(55 - (signature[64] ?? 0)))
}

test('here, the C library is there', () => {
  expect(availableLibrary()).toBe('native')
})

describe('who signed is the same by the C library as by JavaScript', () => {
  test('of honest signatures, with a low s and a high one', () => {
    fc.assert(
      fc.property(honest, ({ digest, signature }) => {
        const signer = recover(digest, signature)

        expect(signer).toBeDefined()
        expect(native.recover(digest, signature)).toBe(signer)
        expect(native.recover(digest, malleate(signature))).toBe(signer)
      }),
      { numRuns: 30 },
    )
  })

  test('of honest signatures with a changed byte, or with every other v', () => {
    fc.assert(
      fc.property(honest, change, ({ digest, signature }, { at, byte, other }) => {
        for (const changed of [signature.with(at, byte), signature.with(64, other)]) {
          expect(native.recover(digest, changed)).toBe(recover(digest, changed))
        }
      }),
      { numRuns: 60 },
    )
  })

  test('of any numbers: 0, the order of the group and more, and those that only a v of 29 or 30 suits', () => {
    let somebody = 0
    fc.assert(
      fc.property(word, fc.tuple(scalar, scalar, v), (digest, [r, s, last]) => {
        const signature = concatBytes(r, s, Uint8Array.of(last))
        const signer = recover(digest, signature)
        if (signer && last > 28) somebody++

        expect(native.recover(digest, signature)).toBe(signer)
      }),
      { numRuns: 300 },
    )
    expect(somebody).toBeGreaterThan(0)
  })

  test('of a signature whose public key would be no point', () => {
    const nonce = 12345n
    const { x, y } = secp256k1.Point.BASE.multiply(nonce).toAffine()
    const digest = new Uint8Array(32).fill(5)
    const s = secp256k1.Point.Fn.mul(toBigInt(digest), secp256k1.Point.Fn.inv(nonce))
    const signature = concatBytes(uint256(x), uint256(s), Uint8Array.of(27 + Number(y & 1n)))

    expect(recover(digest, signature)).toBeUndefined()
    expect(native.recover(digest, signature)).toBeUndefined()
  })

  test('of bytes of any length, without a throw', () => {
    fc.assert(
      fc.property(word, fc.uint8Array({ maxLength: 70 }), (digest, bytes) => {
        expect(native.recover(digest, bytes)).toBe(recover(digest, bytes))
      }),
    )
  })
})

test('a hash is the same by WebAssembly as by JavaScript, and stays when the next one is made', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.uint8Array({ maxLength: 500 }), (one, other) => {
      const hashes = [one, other].map(native.keccak)

      expect(hashes).toEqual([one, other].map(keccak))
    }),
  )
})
