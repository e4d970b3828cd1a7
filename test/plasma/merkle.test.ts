import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toHex } from '../../src/lib/bytes.ts'
import {
  leafHash,
  MAX_LEAVES,
  merkleProof,
  merkleRoot,
  merkleRootOfHashes,
  verifyProof,
} from '../../src/plasma/merkle.ts'

const blocks = fc.uniqueArray(fc.uint8Array({ minLength: 1, maxLength: 40 }), {
  minLength: 1,
  maxLength: 12,
  selector: toHex,
})

describe('a proof', () => {
  test('holds for its transaction at its index, and at no other', () => {
    fc.assert(
      fc.property(blocks, fc.nat(), (leaves, seed) => {
        const root = merkleRoot(leaves)
        const index = seed % leaves.length
        const leaf = leaves[index] ?? new Uint8Array(0)
        const hashes = leaves.map((raw) => leafHash(raw))
        const proof = merkleProof(hashes, index)

        expect(verifyProof({ root, leaf, index, proof })).toBe(true)
        for (let other = 0; other < leaves.length; other++) {
          if (other === index) continue
          expect(verifyProof({ root, leaf, index: other, proof })).toBe(false)
          expect(verifyProof({ root, leaf: leaves[other] ?? leaf, index, proof })).toBe(false)
        }
      }),
      { numRuns: 20 },
    )
  })

  test('fails when a bit of it, its leaf or its root is another', () => {
    const leaves = [1, 2, 3, 4, 5].map((byte) => new Uint8Array(9).fill(byte))
    const root = merkleRoot(leaves)
    const leaf = leaves[3] ?? new Uint8Array(0)
    const proof = merkleProof(
      leaves.map((raw) => leafHash(raw)),
      3,
    )
    fc.assert(
      fc.property(fc.nat(511), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const wrong = proof.slice()
        wrong[at] = (wrong[at] ?? 0) ^ change
        expect(verifyProof({ root, leaf, index: 3, proof: wrong })).toBe(false)
      }),
      { numRuns: 20 },
    )
    expect(verifyProof({ root, leaf, index: 3, proof })).toBe(true)
    expect(verifyProof({ root: merkleRoot([leaf]), leaf, index: 3, proof })).toBe(false)
  })

  test('of another length or for an impossible index proves nothing', () => {
    const leaf = new Uint8Array(3)
    const root = merkleRoot([leaf])
    const proof = merkleProof([leafHash(leaf)], 0)

    expect(verifyProof({ root, leaf, index: 0, proof })).toBe(true)
    for (const wrong of [new Uint8Array(0), proof.subarray(32), new Uint8Array(544), proof.subarray(1)]) {
      expect(verifyProof({ root, leaf, index: 0, proof: wrong })).toBe(false)
    }
    for (const index of [-1, 0.5, NaN, MAX_LEAVES, 2 ** 32]) {
      expect(verifyProof({ root, leaf, index, proof })).toBe(false)
    }
  })

  test('is not given for a transaction that is not there', () => {
    const hashes = [leafHash(Uint8Array.of(1))]
    for (const index of [1, -1, 0.5]) expect(() => merkleProof(hashes, index)).toThrow(RangeError)
  })
})

describe('a root', () => {
  test('is of the order too', () => {
    const [left, right] = [Uint8Array.of(1), Uint8Array.of(2)]

    expect(merkleRoot([left, right])).not.toBe(merkleRoot([right, left]))
  })

  test('of a full block is one, and more does not fit', () => {
    const hash = leafHash(Uint8Array.of(1))
    const full = Array.from({ length: MAX_LEAVES }, () => hash)
    // Sixteen equal levels, so a hash that only counts will do.
    let hashed = 0
    const counting = (bytes: Uint8Array) => {
      hashed++
      return bytes.slice(0, 32)
    }
    merkleRootOfHashes(full, counting)

    expect(hashed).toBe(MAX_LEAVES - 1)
    expect(() => merkleRootOfHashes([...full, hash], counting)).toThrow(RangeError)
  })

  test('does not take a node for a transaction', () => {
    const leaves = [1, 2].map((byte) => Uint8Array.of(byte))
    const node = Uint8Array.from([1, ...leaves.flatMap((raw) => [...leafHash(raw)])])

    expect(merkleRoot([node])).not.toBe(merkleRoot(leaves))
  })
})
