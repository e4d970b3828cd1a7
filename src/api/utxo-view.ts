import { decodeUtxoPos } from '../plasma/position.ts'
import type { Output } from '../plasma/transaction.ts'
import type { Hash, Timestamp, UtxoPos } from '../plasma/units.ts'
import type { IndexedOutput } from './info-index.ts'
import { addressText, hashText, integer, object, orNull, timeText, type Schema } from './schema.ts'

const place = { blknum: integer, txindex: integer, oindex: integer, utxo_pos: integer }
const output = { otype: integer, owner: addressText, currency: addressText, amount: integer }

/** An output in the answers of the security-critical API. */
export const utxoSchema: Schema = object({ ...place, ...output })

/** An output in the answers of the Info API. */
export const indexedUtxoSchema: Schema = object({
  ...place,
  ...output,
  creating_txhash: orNull(hashText),
  spending_txhash: orNull(hashText),
  inserted_at: timeText,
  updated_at: timeText,
})

export function utxoView(utxoPos: UtxoPos, { outputType, owner, currency, amount }: Output): object {
  const { blknum, txIndex, outputIndex } = decodeUtxoPos(utxoPos)
  const at = { blknum, txindex: txIndex, oindex: outputIndex, utxo_pos: utxoPos }
  return { ...at, otype: outputType, owner, currency, amount }
}

/** No transaction created a deposit, as far as elixir-omg is concerned. */
export function indexedUtxoView(indexed: IndexedOutput): object {
  const { utxoPos, creatingTxHash, spendingTxHash, createdAt, changedAt } = indexed
  return {
    ...utxoView(utxoPos, indexed),
    creating_txhash: hashOrNull(creatingTxHash),
    spending_txhash: hashOrNull(spendingTxHash),
    ...times(createdAt, changedAt),
  }
}

/** When a row of elixir-omg's database would have been written: in chain time, for rows of ours can be made anew. */
export function times(insertedAt: Timestamp, updatedAt = insertedAt): { inserted_at: string; updated_at: string } {
  return { inserted_at: timeView(insertedAt), updated_at: timeView(updatedAt) }
}

function timeView(timestamp: Timestamp): string {
  return new Date(Number(timestamp) * 1_000).toISOString().replace('.000', '')
}

function hashOrNull(hash: Hash | undefined): Hash | null {
  return hash ?? null
}
