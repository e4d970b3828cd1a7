import { toHex } from '../lib/bytes.ts'
import type { Address } from '../plasma/units.ts'
import { answeredPage } from './answer.ts'
import type { IndexedDeposit } from './info-index.ts'
import type { InfoApi } from './info-api.ts'
import { pageOf, pageShape, sliceOf } from './paging.ts'
import { bytes, optional } from './params.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { hashText, integer, list, object, timeText, type Schema } from './schema.ts'
import { indexedUtxoSchema, indexedUtxoView, times } from './utxo-view.ts'

const MOST_DEPOSITS = 100n

const depositSchema: Schema = object({
  event_type: { const: 'deposit' },
  eth_height: integer,
  log_index: integer,
  root_chain_txhash: hashText,
  txoutputs: list(indexedUtxoSchema),
  inserted_at: timeText,
  updated_at: timeText,
})

/** What came from the root chain. */
export function depositRoutes({ index }: Pick<InfoApi, 'index'>): readonly DescribedRoute[] {
  return [
    described(
      { summary: 'Deposits of one owner or of all, newest first.', data: list(depositSchema), isPaged: true },
      post('/deposit.all', { ...pageShape, address: optional(bytes(20)) }, ({ address, ...asked }) => {
        const page = pageOf(asked, MOST_DEPOSITS)
        const owner = address && (toHex(address) as Address)
        return answeredPage(index.deposits(owner, sliceOf(page)).map(depositView), page)
      }),
    ),
  ]
}

function depositView({ output, ethHeight, logIndex, rootChainTxHash, timestamp }: IndexedDeposit): object {
  return {
    event_type: 'deposit',
    eth_height: ethHeight,
    log_index: logIndex,
    root_chain_txhash: rootChainTxHash,
    txoutputs: [indexedUtxoView(output)],
    ...times(timestamp),
  }
}
