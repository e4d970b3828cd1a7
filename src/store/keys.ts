import type { Place } from '../plasma/ledger.ts'
import type { UtxoPos } from '../plasma/units.ts'

/*
 * What rows are found by. Denser than positions, so that a double holds every one exactly: numbers cost the database's
 * driver far less than bigints.
 */

/** As many transactions fit into a block. */
const TRANSACTIONS = 65_536
/** As many outputs, or inputs, has a transaction. */
export const PIECES = 4
/** Enough for a block every 13 seconds in 14 years. */
const FIRST_UNKNOWN_BLKNUM = 2 ** 35

/** The key of no row. */
export const NOWHERE = -1

const BLOCK_OFFSET = 1_000_000_000
const TX_OFFSET = 10_000

/** The key of a block; undefined where there is none. */
export function blockKey(blknum: bigint): number | undefined {
  return blknum >= 0n && blknum < FIRST_UNKNOWN_BLKNUM ? Number(blknum) : undefined
}

/** The key of a place; undefined where there is none. */
export function placeKey({ blknum, txIndex }: Place): number | undefined {
  const block = blockKey(blknum)
  const isThere = block !== undefined && txIndex >= 0 && txIndex < TRANSACTIONS
  return isThere ? firstPlaceIn(block) + txIndex : undefined
}

/** The key of the first place of a block, by the block's. */
export function firstPlaceIn(block: number): number {
  return block * TRANSACTIONS
}

export function placeAt(key: number): Place {
  const txIndex = key % TRANSACTIONS
  return { blknum: BigInt((key - txIndex) / TRANSACTIONS), txIndex }
}

/** The key of an output: its place's, and which of the {@link PIECES} it is. Undefined where there is none. */
export function outputKey(utxoPos: UtxoPos): number | undefined {
  const isSmall = utxoPos <= Number.MAX_SAFE_INTEGER
  const inBlock = isSmall ? Number(utxoPos) % BLOCK_OFFSET : Number(utxoPos % BigInt(BLOCK_OFFSET))
  const blknum = isSmall ? (Number(utxoPos) - inBlock) / BLOCK_OFFSET : Number(utxoPos / BigInt(BLOCK_OFFSET))
  const index = inBlock % TX_OFFSET
  const txIndex = (inBlock - index) / TX_OFFSET
  const isThere = index < PIECES && txIndex < TRANSACTIONS && blknum < FIRST_UNKNOWN_BLKNUM
  return isThere ? (blknum * TRANSACTIONS + txIndex) * PIECES + index : undefined
}

/** The output at a key. */
export function utxoPosAt(key: number): UtxoPos {
  const index = key % PIECES
  const place = (key - index) / PIECES
  const txIndex = place % TRANSACTIONS
  const blknum = (place - txIndex) / TRANSACTIONS
  return (BigInt(blknum) * BigInt(BLOCK_OFFSET) + BigInt(txIndex * TX_OFFSET + index)) as UtxoPos
}
