import { toHex } from '../lib/bytes.ts'
import type { Address, UtxoPos } from '../plasma/units.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import { mergeDrafts } from './advice.ts'
import { answered, refused, type Answer } from './answer.ts'
import { draftSchema, draftView } from './draft-view.ts'
import { exitingOutputs } from './exiting.ts'
import type { IndexedOutput } from './info-index.ts'
import type { InfoApi } from './info-api.ts'
import { bytes, integerAbove, listOf, optional } from './params.ts'
import { purseOf } from './purse.ts'
import { refusal } from './refusals.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { list, object } from './schema.ts'
import { MOST_INPUTS, MOST_MERGED } from './select-inputs.ts'
import { fromSnapshot } from './watcher-api.ts'

const shape = {
  address: optional(bytes(20)),
  currency: optional(bytes(20)),
  utxo_positions: optional(listOf(integerAbove(-1n), 'utxo_pos', { least: 2, most: MOST_INPUTS })),
}

/** Makes transactions that merge what an owner has: all of one token, or what stands at two to four positions. */
export function mergeRoute(api: InfoApi): DescribedRoute {
  return described(
    {
      summary: "Transactions to be signed that merge an owner's outputs: of a token, or at the given positions.",
      data: object({ transactions: list(draftSchema) }),
    },
    post('/transaction.merge', shape, ({ address, currency, utxo_positions: positions }) =>
      fromSnapshot(api, (snapshot) => {
        if (address && currency)
          return mergeToken(api, snapshot, [toHex(address) as Address, toHex(currency) as Address])
        if (positions) return mergePositions(api, snapshot, positions as readonly UtxoPos[])
        return refused('operation:bad_request', 'Name an address and a currency, or positions.')
      }),
    ),
  )
}

type Account = readonly [owner: Address, currency: Address]

/** From the smallest up, and no more than one answer holds: who has signed and sent these asks again. */
function mergeToken(api: InfoApi, snapshot: Snapshot, [owner, currency]: Account): Answer {
  const inputs: IndexedOutput[] = []
  for (const output of purseOf(owner, api.index, snapshot).outputs(currency, 'smallest')) {
    if (inputs.push(output) === MOST_MERGED) break
  }
  if (inputs.length === 0) return refusal('merge', 'no_inputs_found')
  return inputs.length === 1 ? refusal('merge', 'single_input') : merged(api, inputs)
}

function mergePositions(api: InfoApi, snapshot: Snapshot, positions: readonly UtxoPos[]): Answer {
  const { positions: exiting } = exitingOutputs(snapshot)
  const inputs: IndexedOutput[] = []
  for (const utxoPos of positions) {
    const output = api.index.output(utxoPos)
    if (!output || exiting.has(utxoPos) || !snapshot.ledger.get(utxoPos)) return refusal('merge', 'position_not_found')
    inputs.push(output)
  }
  if (new Set(positions).size < positions.length) return refusal('merge', 'duplicate_input_positions')
  if (new Set(inputs.map(({ owner }) => owner)).size > 1) return refusal('merge', 'multiple_input_owners')
  if (new Set(inputs.map(({ currency }) => currency)).size > 1) return refusal('merge', 'multiple_currencies')
  return merged(api, inputs)
}

function merged({ recovery }: InfoApi, inputs: readonly IndexedOutput[]): Answer {
  return answered({ transactions: mergeDrafts(inputs).map((draft) => draftView(draft, recovery.framework)) })
}
