import { toHex } from '../lib/bytes.ts'
import { encodePayment } from '../plasma/encode-transaction.ts'
import { decodeTransaction, type Output, type Transaction } from '../plasma/transaction.ts'
import { signingHash } from '../plasma/typed-data.ts'
import type { Address } from '../plasma/units.ts'
import type { Draft } from './advice.ts'
import { addressText, hashText, hexText, integer, list, object, orNull, type Schema } from './schema.ts'
import { typedDataSchema, typedDataView } from './typed-data-view.ts'
import { indexedUtxoSchema, indexedUtxoView } from './utxo-view.ts'

export const draftSchema: Schema = object({
  inputs: list(indexedUtxoSchema),
  outputs: list(object({ amount: integer, currency: addressText, owner: orNull(addressText) })),
  fee: object({ amount: integer, currency: addressText }),
  metadata: orNull(hashText),
  txbytes: orNull(hexText),
  sign_hash: orNull(hashText),
  typed_data: orNull(typedDataSchema),
})

/** A transaction to be signed. There is nothing to sign as long as a payment has no owner. */
export function draftView(draft: Draft, framework: Address): object {
  const { inputs, outputs, fee, metadata } = draft
  const transaction = transactionOf(draft)
  return {
    inputs: inputs.map(indexedUtxoView),
    outputs: outputs.map(({ amount, currency, owner }) => ({ amount, currency, owner: owner ?? null })),
    fee: { amount: fee.amount, currency: fee.currency },
    metadata: metadata ? toHex(metadata) : null,
    txbytes: transaction ? toHex(transaction.raw) : null,
    sign_hash: transaction ? toHex(signingHash(transaction, framework)) : null,
    typed_data: transaction ? typedDataView(transaction, framework) : null,
  }
}

function transactionOf({ inputs, outputs, metadata }: Draft): Transaction | undefined {
  const owned: Output[] = []
  for (const { owner, currency, amount } of outputs) {
    if (!owner) return undefined
    owned.push({ outputType: 1, owner, currency, amount })
  }
  const positions = inputs.map(({ utxoPos }) => utxoPos)
  const decoded = decodeTransaction(encodePayment({ inputs: positions, outputs: owned, ...(metadata && { metadata }) }))
  if (!decoded.ok) throw new RangeError(`Made a transaction that is none: ${decoded.error}`)
  return decoded.value
}
