import { equalBytes, fromHex, toHex } from '../lib/bytes.ts'
import { keccak as nobleKeccak, type Keccak } from './keccak.ts'
import type { Hash } from './units.ts'

const DEPTH = 16
const SUBTREE_DEPTH = 8
/** How many transactions a block has room for. */
export const MAX_LEAVES = 2 ** DEPTH
/** A block's tree is made of up to 256 trees of as many leaves: whoever keeps their roots rehashes one for a proof. */
export const SUBTREE_LEAVES = 2 ** SUBTREE_DEPTH
const PROOF_LENGTH = 32 * DEPTH

/** Roots of the trees of no transactions, by height: the first is an empty leaf. */
const EMPTY_ROOTS = emptyRoots()

/** A transaction's leaf: `keccak256(0x00 ++ raw)` (contracts v1.0.4, Merkle). */
export function leafHash(raw: Uint8Array, keccak: Keccak = nobleKeccak): Uint8Array {
  const bytes = new Uint8Array(1 + raw.length)
  bytes.set(raw, 1)
  return keccak(bytes)
}

/**
 * The root of a block, as the operator submits it.
 *
 * @param leaves - raw transactions, in the block's order.
 * @throws {RangeError} when they are more than a block has room for.
 */
export function merkleRoot(leaves: readonly Uint8Array[], keccak: Keccak = nobleKeccak): Hash {
  const hashes = leaves.map((raw) => leafHash(raw, keccak))
  return merkleRootOfHashes(hashes, keccak)
}

/** {@link merkleRoot} of leaf hashes. */
export function merkleRootOfHashes(leafHashes: readonly Uint8Array[], keccak: Keccak = nobleKeccak): Hash {
  return rootOfSubtrees(subtreeRoots(leafHashes, keccak), keccak)
}

/**
 * The roots of the trees over every {@link SUBTREE_LEAVES} leaves, 32 bytes each, in order; none for no leaves.
 *
 * @throws {RangeError} when the leaves are more than a block has room for.
 */
export function subtreeRoots(leafHashes: readonly Uint8Array[], keccak: Keccak = nobleKeccak): Uint8Array {
  if (leafHashes.length > MAX_LEAVES) throw new RangeError(`${leafHashes.length} leaves do not fit into a block`)
  const roots = new Uint8Array(32 * Math.ceil(leafHashes.length / SUBTREE_LEAVES))
  for (let at = 0; at < leafHashes.length; at += SUBTREE_LEAVES) {
    const root = climbSubtree(leafHashes.slice(at, at + SUBTREE_LEAVES), keccak).root
    roots.set(root, (32 * at) / SUBTREE_LEAVES)
  }
  return roots
}

/** The root of the block that has these {@link subtreeRoots}. */
export function rootOfSubtrees(nodes: Uint8Array, keccak: Keccak = nobleKeccak): Hash {
  return toHex(climbTop(nodes, keccak).root) as Hash
}

/**
 * Proves that a transaction is in its block: 16 siblings from the bottom up, 512 bytes.
 *
 * @param leafHashes - of the whole block, in order ({@link leafHash}).
 * @throws {RangeError} when there is no such transaction.
 */
export function merkleProof(leafHashes: readonly Uint8Array[], index: number): Uint8Array {
  if (leafHashes[index] === undefined) throw new RangeError(`No leaf ${index} among ${leafHashes.length}`)
  const from = index - (index % SUBTREE_LEAVES)
  const around = leafHashes.slice(from, from + SUBTREE_LEAVES)
  return proofInSubtree(around, { nodes: subtreeRoots(leafHashes), index })
}

/**
 * {@link merkleProof} from a part of the block.
 *
 * @param leafHashes - of the subtree that the transaction is in.
 * @throws {RangeError} when there is no such transaction.
 */
export function proofInSubtree(
  leafHashes: readonly Uint8Array[],
  { nodes, index, keccak = nobleKeccak }: { nodes: Uint8Array; index: number; keccak?: Keccak },
): Uint8Array {
  const inside = index % SUBTREE_LEAVES
  if (leafHashes[inside] === undefined || leafHashes.length > SUBTREE_LEAVES) {
    throw new RangeError(`No leaf ${inside} among ${leafHashes.length}`)
  }
  const { levels } = climbSubtree(leafHashes, keccak)
  const siblings = [...levels.slice(0, -1), ...climbTop(nodes, keccak).levels]
  const proof = new Uint8Array(PROOF_LENGTH)
  for (let height = 0; height < DEPTH; height++) {
    const place = (height < SUBTREE_DEPTH ? inside : index) >> height
    proof.set(siblings[height]?.[place ^ 1] ?? emptyRoot(height), 32 * height)
  }
  return proof
}

/** Whether `leaf`, a raw transaction, stands at `index` under `root`. Total: a malformed proof proves nothing. */
export function verifyProof({
  root,
  leaf,
  index,
  proof,
}: {
  root: Hash
  leaf: Uint8Array
  index: number
  proof: Uint8Array
}): boolean {
  if (proof.length !== PROOF_LENGTH || !Number.isInteger(index) || index < 0 || index >= MAX_LEAVES) return false
  let hash = leafHash(leaf)
  for (let height = 0; height < DEPTH; height++) {
    const sibling = proof.subarray(32 * height, 32 * height + 32)
    const right = ((index >> height) & 1) === 1
    hash = right ? nobleKeccak(node(sibling, hash)) : nobleKeccak(node(hash, sibling))
  }
  return equalBytes(hash, fromHex(root))
}

/** Levels of a tree, lowest first, without the nodes over no transactions. */
type Climbed = { levels: readonly (readonly Uint8Array[])[]; root: Uint8Array }

function climbSubtree(leafHashes: readonly Uint8Array[], keccak: Keccak): Climbed {
  return climb(leafHashes, { from: 0, to: SUBTREE_DEPTH }, keccak)
}

function climbTop(nodes: Uint8Array, keccak: Keccak): Climbed {
  const level = Array.from({ length: nodes.length / 32 }, (_, index) => nodes.subarray(32 * index, 32 * index + 32))
  return climb(level, { from: SUBTREE_DEPTH, to: DEPTH }, keccak)
}

function climb(lowest: readonly Uint8Array[], { from, to }: { from: number; to: number }, keccak: Keccak): Climbed {
  const levels = [lowest]
  let level = lowest
  for (let height = from; height < to; height++) {
    level = parents(level, emptyRoot(height), keccak)
    levels.push(level)
  }
  return { levels, root: level[0] ?? emptyRoot(to) }
}

function parents(level: readonly Uint8Array[], empty: Uint8Array, keccak: Keccak): Uint8Array[] {
  const above: Uint8Array[] = []
  const pair = node(empty, empty)
  for (let index = 0; index < level.length; index += 2) {
    pair.set(level[index] ?? empty, 1)
    pair.set(level[index + 1] ?? empty, 33)
    above.push(keccak(pair))
  }
  return above
}

function node(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(65)
  bytes[0] = 1
  bytes.set(left, 1)
  bytes.set(right, 33)
  return bytes
}

function emptyRoots(): readonly Uint8Array[] {
  const roots = [leafHash(new Uint8Array(32))]
  for (let root = roots[0]; root && roots.length <= DEPTH; root = roots.at(-1)) {
    roots.push(nobleKeccak(node(root, root)))
  }
  return roots
}

function emptyRoot(height: number): Uint8Array {
  return EMPTY_ROOTS[height] ?? new Uint8Array(32)
}
