import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { concatBytes, toHex } from '../../src/lib/bytes.ts'
import { keccak } from '../../src/plasma/keccak.ts'
import {
  leafHash,
  MAX_LEAVES,
  merkleProof,
  merkleRoot,
  merkleRootOfHashes,
  proofInSubtree,
  rootOfSubtrees,
  SUBTREE_LEAVES,
  subtreeRoots,
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

describe('a tree of subtrees', () => {
  // As many leaves as a few subtrees have; what they hold does not matter, so a cheap hash makes them.
  const sizes = fc.oneof(
    fc.constantFrom(0, 1, SUBTREE_LEAVES - 1, SUBTREE_LEAVES, SUBTREE_LEAVES + 1, 2 * SUBTREE_LEAVES),
    fc.nat(4 * SUBTREE_LEAVES),
  )
  const leaf = (index: number) => Uint8Array.of(7, index >> 8, index & 255)
  const digest = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest())
  const leavesOf = (size: number) => Array.from({ length: size }, (_, index) => leafHash(leaf(index), digest))

  /** The tree as the contracts define it: 2^16 leaves, those without a transaction hold an empty one. */
  function rootByDefinition(hashes: readonly Uint8Array[]): Uint8Array {
    let empty = leafHash(new Uint8Array(32))
    let level = [...hashes]
    for (let height = 0; height < 16; height++) {
      if (level.length % 2 === 1) level.push(empty)
      const lefts = level.filter((_, index) => index % 2 === 0)
      const rights = level.filter((_, index) => index % 2 === 1)
      level = lefts.map((left, index) => digest(nodeOver(left, rights[index] ?? empty)))
      empty = keccak(nodeOver(empty, empty))
    }
    return level[0] ?? empty
  }

  function nodeOver(left: Uint8Array, right: Uint8Array): Uint8Array {
    return concatBytes(Uint8Array.of(1), left, right)
  }

  test('has the root that the whole tree has, however many leaves there are', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const hashes = leavesOf(size)
        const nodes = subtreeRoots(hashes, digest)

        expect(nodes).toHaveLength(32 * Math.ceil(size / SUBTREE_LEAVES))
        expect(rootOfSubtrees(nodes, digest)).toBe(toHex(rootByDefinition(hashes)))
        expect(merkleRootOfHashes(hashes, digest)).toBe(toHex(rootByDefinition(hashes)))
      }),
      { numRuns: 30 },
    )
  })

  test('is cut into parts whose roots are its nodes', () => {
    fc.assert(
      fc.property(sizes, fc.nat(3), (size, cut) => {
        const hashes = leavesOf(size)
        const at = cut * SUBTREE_LEAVES
        const parts = [hashes.slice(0, at), hashes.slice(at)].map((part) => subtreeRoots(part, digest))

        expect(concatBytes(...parts)).toEqual(subtreeRoots(hashes, digest))
      }),
      { numRuns: 30 },
    )
  })

  test('gives the proof of the whole tree from one subtree and the nodes', () => {
    const hashes = Array.from({ length: SUBTREE_LEAVES + 3 }, (_, index) => leafHash(leaf(index)))
    const nodes = subtreeRoots(hashes)
    const root = rootOfSubtrees(nodes)
    for (const index of [0, 1, SUBTREE_LEAVES - 1, SUBTREE_LEAVES, SUBTREE_LEAVES + 2]) {
      const from = index < SUBTREE_LEAVES ? 0 : SUBTREE_LEAVES
      const proof = proofInSubtree(hashes.slice(from, from + SUBTREE_LEAVES), { nodes, index })

      expect(proof).toEqual(merkleProof(hashes, index))
      expect(verifyProof({ root, leaf: leaf(index), index, proof })).toBe(true)
    }
  })

  test('gives no proof of what is not there', () => {
    const hashes = leavesOf(3)
    const nodes = subtreeRoots(hashes, digest)
    const tooMany = leavesOf(SUBTREE_LEAVES + 1)

    for (const index of [3, -1, 0.5]) expect(() => proofInSubtree(hashes, { nodes, index })).toThrow(RangeError)
    expect(() => proofInSubtree(tooMany, { nodes, index: 0 })).toThrow(RangeError)
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
