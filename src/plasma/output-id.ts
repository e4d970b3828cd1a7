import { concatBytes, toHex } from '../lib/bytes.ts'
import { keccak } from './keccak.ts'
import { decodeUtxoPos, isDepositBlock } from './position.ts'
import { writeUint } from './uint.ts'
import type { Hash, UtxoPos } from './units.ts'

/**
 * What the contracts know an output by (contracts v1.0.4, OutputId): the hash of its transaction and index, and of its
 * position too in a deposit block, since two deposits may be the same transaction.
 *
 * @param raw - the transaction that created the output.
 */
export function outputId(raw: Uint8Array, outputIndex: number, utxoPos: UtxoPos): Hash {
  const index = new Uint8Array(32)
  writeUint(BigInt(outputIndex), index, 32)
  const parts = [raw, index]
  if (isDepositBlock(decodeUtxoPos(utxoPos).blknum)) {
    const position = new Uint8Array(32)
    writeUint(utxoPos, position, 32)
    parts.push(position)
  }
  return toHex(keccak(concatBytes(...parts))) as Hash
}
