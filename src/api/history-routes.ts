import { toHex } from '../lib/bytes.ts'
import type { Address, Hash } from '../plasma/units.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import { answered, answeredPage } from './answer.ts'
import { blockSchema, blockView } from './block-routes.ts'
import type { IndexedTransaction } from './info-index.ts'
import type { InfoApi } from './info-api.ts'
import { pageOf, pageShape, sliceOf } from './paging.ts'
import { bytes, integerAbove, listOf, optional } from './params.ts'
import { refusal } from './refusals.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { hashText, hexText, integer, list, object, orNull, timeText, type Schema } from './schema.ts'
import { indexedUtxoSchema, indexedUtxoView, times } from './utxo-view.ts'
import { fromSnapshot } from './watcher-api.ts'

const MOST_TRANSACTIONS = 200n
const MOST_TYPES = 16

const transactionSchema: Schema = object({
  txindex: integer,
  txtype: integer,
  txhash: hashText,
  txbytes: hexText,
  metadata: orNull(hashText),
  block: blockSchema,
  inputs: list(indexedUtxoSchema),
  outputs: list(indexedUtxoSchema),
  inserted_at: timeText,
  updated_at: timeText,
})

const filterShape = {
  address: optional(bytes(20)),
  blknum: optional(integerAbove(0n)),
  metadata: optional(bytes(32)),
  txtypes: optional(listOf(integerAbove(-1n), 'txtype', { most: MOST_TYPES })),
  ...pageShape,
  end_datetime: optional(integerAbove(0n)),
}

/** The transactions of the child chain's blocks; deposits are none of them. */
export function historyRoutes(api: InfoApi): readonly DescribedRoute[] {
  return [
    transactionList('/transaction.all', api),
    transactionList('/account.get_transactions', api),
    described(
      { summary: 'One transaction, by its hash.', data: transactionSchema },
      post('/transaction.get', { id: bytes(32) }, ({ id }) =>
        fromSnapshot(api, (snapshot) => {
          const found = api.index.transaction(toHex(id) as Hash)
          const [transaction] = found ? view(snapshot)(found) : []
          return transaction ? answered(transaction) : refusal('get_transaction', 'transaction_not_found')
        }),
      ),
    ),
  ]
}

function transactionList(path: `/${string}`, api: InfoApi): DescribedRoute {
  return described(
    { summary: 'Transactions that fit every filter, newest first.', data: list(transactionSchema), isPaged: true },
    post(path, filterShape, ({ limit, page: number, address, end_datetime: until, txtypes: txTypes, ...filter }) =>
      fromSnapshot(api, (snapshot) => {
        const page = pageOf({ limit, page: number }, MOST_TRANSACTIONS)
        const owner = address && (toHex(address) as Address)
        const found = api.index.transactions({ ...filter, owner, txTypes, until }, sliceOf(page))
        return answeredPage(found.flatMap(view(snapshot)), page)
      }),
    ),
  )
}

/** Nothing for what the ledger has given up meanwhile: the index will follow. */
function view({ ledger }: Snapshot): (transaction: IndexedTransaction) => [object] | [] {
  return ({ place, txType, txHash, metadata, block, inputs, outputs }) => {
    const signed = ledger.signedTransaction(place)
    if (signed?.transaction.txHash !== txHash) return []
    const transaction = {
      txindex: place.txIndex,
      txtype: txType,
      txhash: txHash,
      txbytes: toHex(signed.bytes),
      metadata: metadata ? toHex(metadata) : null,
      block: blockView(block),
      inputs: inputs.map(indexedUtxoView),
      outputs: outputs.map(indexedUtxoView),
      ...times(block.timestamp),
    }
    return [transaction]
  }
}
