import { toHex } from '../lib/bytes.ts'
import { answered, refused, type Answer } from './answer.ts'
import type { InfoApi } from './info-api.ts'
import type { FeeTable } from './operator-fees.ts'
import { bytes, integerAbove, listOf, optional } from './params.ts'
import { refusal } from './refusals.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { addressText, atLeast, integer, list, type Schema } from './schema.ts'

const feesSchema: Schema = {
  type: 'object',
  additionalProperties: list(atLeast({ currency: addressText, amount: integer })),
}

const MOST_NAMED = 1_000

const shape = {
  currencies: optional(listOf(bytes(20), 'currency', { most: MOST_NAMED })),
  tx_types: optional(listOf(integerAbove(-1n), 'tx_type', { most: MOST_NAMED })),
}

/** What the operator takes for a transaction, by its type. */
export function feeRoute({ fees }: Pick<InfoApi, 'fees'>): DescribedRoute {
  return described(
    { summary: 'What transactions cost, by their type, in each token that the operator takes.', data: feesSchema },
    post('/fees.all', shape, async ({ currencies = [], tx_types: types = [] }) => {
      const answer = await fees()
      if (!answer.ok) return refusal('fees_all', answer.reason)
      return filtered(answer.table, currencies.map(toHex), types.map(String))
    }),
  )
}

/** Empty filters let everything through. */
function filtered(table: FeeTable, currencies: readonly string[], types: readonly string[]): Answer {
  const wanted = types.length === 0 ? [...table.keys()] : types
  const tables = wanted.map((type) => [type, table.get(type)] as const)
  const taken = new Set(tables.flatMap(([, fees = []]) => fees.map(({ currency }) => currency as string)))
  if (tables.some(([, fees]) => !fees)) {
    return notSupported('tx_type_not_supported', 'The operator takes no transactions of one of these types.')
  }
  if (!currencies.every((currency) => taken.has(currency))) {
    return notSupported('currency_fee_not_supported', 'The operator takes no fee in one of these tokens.')
  }
  const isWanted = ({ currency }: { currency: string }) => currencies.length === 0 || currencies.includes(currency)
  return answered(
    Object.fromEntries(
      tables.map(([type, fees = []]) => [type, fees.filter(isWanted).map(({ details }) => details)] as const),
    ),
  )
}

/** The operator refuses so, and its refusals are handed on as such. */
function notSupported(reason: string, description: string): Answer {
  const answer = refused('fees_all:client_error')
  if (answer.ok) return answer
  const messages = { object: 'error', code: `fee:${reason}`, description }
  return { ok: false, refusal: { ...answer.refusal, messages } }
}
