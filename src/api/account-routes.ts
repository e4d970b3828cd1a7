import { toHex } from '../lib/bytes.ts'
import type { Address, UtxoPos } from '../plasma/units.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import { answered, answeredPage } from './answer.ts'
import { exitingOf, type InfoApi } from './info-api.ts'
import { pageOf, pageShape, sliceOf } from './paging.ts'
import { bytes } from './params.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { addressText, integer, list, object } from './schema.ts'
import { indexedUtxoSchema, indexedUtxoView } from './utxo-view.ts'
import { fromSnapshot } from './watcher-api.ts'

const MOST_OUTPUTS = 200n

/** What an owner has to pay with: as soon as an exit of an output starts, it is not there any more. */
export function accountRoutes(api: InfoApi): readonly DescribedRoute[] {
  return [balance(api), outputs(api)]
}

function balance(api: InfoApi): DescribedRoute {
  return described(
    { summary: 'What an owner has of each token.', data: list(object({ currency: addressText, amount: integer })) },
    post('/account.get_balance', { address: bytes(20) }, ({ address }) =>
      fromSnapshot(api, (snapshot) => {
        const owner = toHex(address) as Address
        const balances = api.index.balances(owner, exitingOf(snapshot, owner))
        return answered(balances.map(({ currency, amount }) => ({ currency, amount })))
      }),
    ),
  )
}

function outputs(api: InfoApi): DescribedRoute {
  return described(
    { summary: "An owner's unspent outputs, oldest first.", data: list(indexedUtxoSchema), isPaged: true },
    post('/account.get_utxos', { ...pageShape, address: bytes(20) }, ({ address, ...asked }) =>
      fromSnapshot(api, (snapshot) => {
        const owner = toHex(address) as Address
        const page = pageOf(asked, MOST_OUTPUTS)
        const unspent = api.index.unspent(owner, exitingOf(snapshot, owner), sliceOf(page))
        return answeredPage(unspent.filter(isThere(api, snapshot)).map(indexedUtxoView), page)
      }),
    ),
  )
}

/** The ledger has the last word; asked only where the index may lag behind it, as one question takes longer than all else. */
function isThere({ index }: InfoApi, { ledger }: Snapshot): (output: { utxoPos: UtxoPos }) => boolean {
  return index.isCurrent() ? () => true : ({ utxoPos }) => ledger.get(utxoPos) !== undefined
}
