import { equalBytes } from '../lib/bytes.ts'
import type { Block } from './block.ts'
import { leafHash, merkleProof } from './merkle.ts'
import { encodeUtxoPos, isDepositBlock } from './position.ts'
import type { Changes } from './state-transition.ts'
import { decodeTransaction, type Output, type SignedTransaction } from './transaction.ts'
import type { Hash, UtxoPos } from './units.ts'

/** Where a block holds a transaction. A deposit is the only transaction of its block, at index 0. */
export type Place = { blknum: bigint; txIndex: number }

/** The input that consumed an output. */
export type Spend = Place & { txHash: Hash; inputIndex: number }

/**
 * What the ledger knows, to be read without waiting. It holds deposits and the blocks that were applied whole; nothing
 * of a rejected block.
 */
export type LedgerView = {
  /** Number of the child block that is applied next. */
  nextBlknum: () => bigint
  /** An output that neither a transaction of a block nor a finalised exit has spent. */
  get: (utxoPos: UtxoPos) => Output | undefined
  /** Every unspent output, oldest first as far as blocks and deposits came in order. */
  unspent: () => IterableIterator<[UtxoPos, Output]>
  /** Who spent an output in a block; undefined when only an exit took it. */
  spend: (utxoPos: UtxoPos) => Spend | undefined
  /** The oldest place of a transaction in a child block. Deposits, which may equal each other, are not looked for. */
  inclusion: (txHash: Hash) => Place | undefined
  /** A transaction of a child block with its signatures. */
  signedTransaction: (place: Place) => SignedTransaction | undefined
  /** The raw transaction of a child block or deposit. */
  rawTransaction: (place: Place) => Uint8Array | undefined
  /** The Merkle proof of a transaction of a child block or deposit. */
  inclusionProof: (place: Place) => Uint8Array | undefined
}

/** A view that grows: the one place of this room where anything is changed. */
export type Ledger = LedgerView & {
  /**
   * Adds the output of a deposit block; the same deposit twice is one deposit.
   *
   * @param raw - its transaction ({@link depositTransaction}, or the calldata's if the root says so).
   * @throws {RangeError} when the block holds another deposit already, or `raw` is no deposit.
   */
  deposit: (blknum: bigint, raw: Uint8Array) => void
  /**
   * Takes in a block that was executed on this view.
   *
   * @throws {RangeError} when it is not the next one.
   */
  apply: (block: Block, changes: Changes) => void
  /** Spends outputs that an exit paid out. Returns those that were not there to be spent. */
  exit: (positions: readonly UtxoPos[]) => readonly UtxoPos[]
}

const CHILD_BLOCK_INTERVAL = 1000n

/** An empty ledger that lives in memory. There is no way back: after a reorganisation another one is filled. */
export function createLedger(): Ledger {
  const unspent = new Map<UtxoPos, Output>()
  const spends = new Map<UtxoPos, Spend>()
  const inclusions = new Map<Hash, Place>()
  const deposits = new Map<bigint, Uint8Array>()
  const blocks = new Map<bigint, Block>()
  let nextBlknum = CHILD_BLOCK_INTERVAL

  return {
    nextBlknum: () => nextBlknum,
    get: (utxoPos) => unspent.get(utxoPos),
    unspent: () => unspent.entries(),
    spend: (utxoPos) => spends.get(utxoPos),
    inclusion: (txHash) => inclusions.get(txHash),
    signedTransaction: (place) => signedTransaction(blocks, place),
    rawTransaction: (place) => signedTransaction(blocks, place)?.transaction.raw ?? depositAt(deposits, place),
    inclusionProof: (place) => proofAt({ blocks, deposits }, place),
    deposit: (blknum, raw) => {
      const known = deposits.get(blknum)
      if (known) {
        if (!equalBytes(known, raw)) throw new RangeError(`Another deposit in block ${String(blknum)}`)
        return
      }
      unspent.set(encodeUtxoPos({ blknum, txIndex: 0, outputIndex: 0 }), depositedOutput(blknum, raw))
      deposits.set(blknum, raw)
    },
    apply: (block, { created, spent }) => {
      if (block.blknum !== nextBlknum) throw new RangeError(`Block ${String(block.blknum)} is not the next one`)
      for (const [utxoPos, output] of created) unspent.set(utxoPos, output)
      for (const { utxoPos, txIndex, inputIndex } of spent) {
        unspent.delete(utxoPos)
        spends.set(utxoPos, { blknum: block.blknum, txIndex, inputIndex, txHash: hashAt(block, txIndex) })
      }
      for (const [txIndex, { transaction }] of block.transactions.entries()) {
        if (!inclusions.has(transaction.txHash)) inclusions.set(transaction.txHash, { blknum: block.blknum, txIndex })
      }
      blocks.set(block.blknum, block)
      nextBlknum += CHILD_BLOCK_INTERVAL
    },
    exit: (positions) => positions.filter((utxoPos) => !unspent.delete(utxoPos)),
  }
}

function signedTransaction(
  blocks: ReadonlyMap<bigint, Block>,
  { blknum, txIndex }: Place,
): SignedTransaction | undefined {
  return blocks.get(blknum)?.transactions[txIndex]
}

function depositAt(deposits: ReadonlyMap<bigint, Uint8Array>, { blknum, txIndex }: Place): Uint8Array | undefined {
  return txIndex === 0 ? deposits.get(blknum) : undefined
}

type Archive = { blocks: ReadonlyMap<bigint, Block>; deposits: ReadonlyMap<bigint, Uint8Array> }

function proofAt({ blocks, deposits }: Archive, place: Place): Uint8Array | undefined {
  const deposit = depositAt(deposits, place)
  if (deposit) return merkleProof([leafHash(deposit)], 0)
  const block = blocks.get(place.blknum)
  return block?.leafHashes[place.txIndex] && merkleProof(block.leafHashes, place.txIndex)
}

function depositedOutput(blknum: bigint, raw: Uint8Array): Output {
  const decoded = decodeTransaction(raw)
  const [output, ...more] = decoded.ok && decoded.value.inputs.length === 0 ? decoded.value.outputs : []
  if (!isDepositBlock(blknum) || !output || more.length > 0)
    throw new RangeError(`No deposit in block ${String(blknum)}`)
  return output
}

function hashAt(block: Block, txIndex: number): Hash {
  const transaction = block.transactions[txIndex]?.transaction
  if (!transaction) throw new RangeError(`No transaction ${txIndex} in block ${String(block.blknum)}`)
  return transaction.txHash
}
