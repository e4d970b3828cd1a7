import { concatBytes, toBigInt, toHex, uint256 } from '../lib/bytes.ts'
import { keccak } from '../plasma/keccak.ts'
import { decodeUtxoPos, isDepositBlock } from '../plasma/position.ts'
import type { Hash, Timestamp, UtxoPos } from '../plasma/units.ts'

const HASH_SHIFT = 105n
const IN_FLIGHT_BIT = 1n << 151n
const OUTPUT_INDEX_SHIFT = 152n

/**
 * The contract's name of a standard exit: 151 bits of a hash and the output's index above them. A deposit's hash
 * includes its position, because two deposits may be the same bytes (contracts v1.0.4, `ExitId.getStandardExitId`).
 */
export function standardExitId(rawTx: Uint8Array, utxoPos: UtxoPos): bigint {
  const { blknum, outputIndex } = decodeUtxoPos(utxoPos)
  const hashed = isDepositBlock(blknum) ? concatBytes(rawTx, uint256(utxoPos)) : rawTx
  return (toBigInt(keccak(hashed)) >> HASH_SHIFT) | (BigInt(outputIndex) << OUTPUT_INDEX_SHIFT)
}

/** The index of the output that a standard exit exits, as its id holds it. */
export function exitedIndex(exitId: bigint): number {
  return Number(exitId >> OUTPUT_INDEX_SHIFT)
}

/** The contract's name of an in-flight exit (contracts v1.0.4, `ExitId.getInFlightExitId`). */
export function inFlightExitId(rawTx: Uint8Array): bigint {
  return inFlightExitIdOf(toHex(keccak(rawTx)) as Hash)
}

/** The same from the hash of the raw transaction, which is what the contract's logs name. */
export function inFlightExitIdOf(txHash: Hash): bigint {
  return (BigInt(txHash) >> HASH_SHIFT) | IN_FLIGHT_BIT
}

export function isInFlightExitId(exitId: bigint): boolean {
  return (exitId & IN_FLIGHT_BIT) !== 0n
}

type Queued = { exitableAt: Timestamp; utxoPos: UtxoPos; exitId: bigint }

/**
 * The place of an exit in its queue, lowest first: 42 bits of time, 54 of the transaction's position, 160 of the id
 * (contracts v1.0.4, `ExitPriority`). `utxoPos`: the exiting output, of an in-flight exit its youngest input.
 */
export function priority({ exitableAt, utxoPos, exitId }: Queued): bigint {
  const { blknum, txIndex } = decodeUtxoPos(utxoPos)
  return (exitableAt << 214n) | ((blknum * 100_000n + BigInt(txIndex)) << 160n) | exitId
}
