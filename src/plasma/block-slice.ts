import { toHex, writeHex } from '../lib/bytes.ts'
import { readAddress, writeAddress } from './address-bytes.ts'
import { keccak as nobleKeccak } from './keccak.ts'
import { leafHash, subtreeRoots } from './merkle.ts'
import {
  transactionRecoverer,
  type RecoveredTransaction,
  type RecoverError,
  type Recovery,
} from './recovered-transaction.ts'
import { decodeSignedTransaction } from './transaction.ts'
import type { Hash } from './units.ts'

/**
 * What is learnt from the valid transactions of a slice, a run of a block's transactions that begins and ends where
 * subtrees of its Merkle tree do: flat bytes, as threads hand them over.
 */
export type Columns = {
  /** Of each transaction, 32 bytes. */
  hashes: Uint8Array
  /** Who signed each input: 4 times 20 bytes a transaction, zeros where there is no input. */
  signers: Uint8Array
  /** {@link subtreeRoots}. */
  nodes: Uint8Array
}

/** `txIndex` counts from the start of the slice. */
export type CheckedSlice = { ok: true; columns: Columns } | { ok: false; error: RecoverError; txIndex: number }

const MAX_INPUTS = 4
const HASH = 32
const ADDRESS = 20
const SIGNERS = MAX_INPUTS * ADDRESS

/** Checks slices of blocks. From the end on: the last bad transaction names the error, as in {@link checkBlock}. */
export function sliceChecker(recovery: Recovery): (transactions: readonly Uint8Array[]) => CheckedSlice {
  const { keccak = nobleKeccak } = recovery
  const recover = transactionRecoverer(recovery)
  return (transactions) => {
    const count = transactions.length
    const hashes = new Uint8Array(HASH * count)
    const signers = new Uint8Array(SIGNERS * count)
    const leaves: Uint8Array[] = []
    for (let txIndex = count - 1; txIndex >= 0; txIndex--) {
      const recovered = recover(transactions[txIndex] ?? new Uint8Array(0))
      if (!recovered.ok) return { ok: false, error: recovered.error, txIndex }
      const { transaction, signers: owners } = recovered.value
      writeHex(transaction.txHash, hashes, HASH * txIndex)
      for (const [index, owner] of owners.entries()) writeAddress(owner, signers, SIGNERS * txIndex + ADDRESS * index)
      leaves.push(leafHash(transaction.raw, keccak))
    }
    return { ok: true, columns: { hashes, signers, nodes: subtreeRoots(leaves.reverse(), keccak) } }
  }
}

/**
 * A transaction that was checked before, with what was learnt of it then.
 *
 * @throws {RangeError} when it is not the one that was checked.
 */
export function readChecked(
  bytes: Uint8Array,
  { hashes, signers }: Pick<Columns, 'hashes' | 'signers'>,
  txIndex: number,
): RecoveredTransaction {
  const at = HASH * txIndex
  const decoded = decodeSignedTransaction(bytes, () => toHex(hashes.subarray(at, at + HASH)) as Hash)
  if (!decoded.ok) throw new RangeError(`Transaction ${txIndex} is another one than was checked: ${decoded.error}`)
  const { transaction, signatures } = decoded.value
  const owners = signatures.map((_, index) => {
    const from = SIGNERS * txIndex + ADDRESS * index
    return readAddress(signers.subarray(from, from + ADDRESS))
  })
  return { transaction, signatures, bytes, signers: owners }
}
