import type { UtxoPos } from './units.ts'

/** Where an output lies, unpacked. */
export type Position = { blknum: bigint; txIndex: number; outputIndex: number }

const BLOCK_OFFSET = 1_000_000_000n
const TX_OFFSET = 10_000
const CHILD_BLOCK_INTERVAL = 1000n

/**
 * Unpacks the location of an output. Total: every number from 0 on unpacks to something.
 *
 * @example
 * decodeUtxoPos(4_000_050_001n) // { blknum: 4n, txIndex: 5, outputIndex: 1 }
 */
export function decodeUtxoPos(utxoPos: bigint): Position {
  const blknum = utxoPos / BLOCK_OFFSET
  const inBlock = Number(utxoPos - blknum * BLOCK_OFFSET)
  return { blknum, txIndex: Math.floor(inBlock / TX_OFFSET), outputIndex: inBlock % TX_OFFSET }
}

/** Packs a location. The inverse of {@link decodeUtxoPos}. */
export function encodeUtxoPos({ blknum, txIndex, outputIndex }: Position): UtxoPos {
  return (blknum * BLOCK_OFFSET + BigInt(txIndex * TX_OFFSET + outputIndex)) as UtxoPos
}

/** Whether a block holds one deposit, rather than what the operator put into it (contracts v1.0.4, `isDeposit`). */
export function isDepositBlock(blknum: bigint): boolean {
  return blknum % CHILD_BLOCK_INTERVAL !== 0n
}
