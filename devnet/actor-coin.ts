import { leafHash, merkleProof } from '../src/plasma/merkle.ts'
import { decodeUtxoPos, encodeUtxoPos, isDepositBlock } from '../src/plasma/position.ts'
import { decodeTransaction, type Transaction } from '../src/plasma/transaction.ts'
import type { Address } from '../src/plasma/units.ts'
import type { Spendable } from './operator/payment.ts'

/** An output, with the raw transaction that created it. */
export type Coin = Spendable & { owner: Address; creator: Uint8Array }

/** The raw transactions of a child block, in order. */
export type Leaves = (blknum: bigint) => Promise<readonly Uint8Array[]>

/** The outputs of a raw transaction that stands at a place. */
export function coinsOf(creator: Uint8Array, place: { blknum: bigint; txIndex: number }): readonly Coin[] {
  return transactionOf(creator).outputs.map(({ owner, currency, amount }, outputIndex) => ({
    utxoPos: encodeUtxoPos({ ...place, outputIndex }),
    owner,
    currency,
    amount,
    creator,
  }))
}

/** The 512 bytes that prove a coin's creator to be in its block. */
export async function inclusionProof(coin: Coin, leaves: Leaves): Promise<Uint8Array> {
  const { blknum, txIndex } = decodeUtxoPos(coin.utxoPos)
  return isDepositBlock(blknum) ? proofOf([coin.creator], 0) : proofOf(await leaves(blknum), txIndex)
}

/** The proof of the raw transaction at an index of its block. */
export function proofOf(block: readonly Uint8Array[], txIndex: number): Uint8Array {
  return merkleProof(
    block.map((raw) => leafHash(raw)),
    txIndex,
  )
}

/** @throws when the bytes are no transaction. */
export function transactionOf(raw: Uint8Array): Transaction {
  const decoded = decodeTransaction(raw)
  if (!decoded.ok) throw new Error(`Not a transaction: ${decoded.error}`)
  return decoded.value
}
