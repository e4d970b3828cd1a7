import { validateBlock } from '../plasma/validate-block.ts'
import type { Hash } from '../plasma/units.ts'
import { toHex } from '../lib/bytes.ts'
import { answered } from './answer.ts'
import { bytes, hex, integerAbove, listOf } from './params.ts'
import { refusal } from './refusals.ts'
import { described, get, post, type DescribedRoute } from './route.ts'
import { integer, list, object, text } from './schema.ts'
import type { WatcherApi } from './watcher-api.ts'

/** Some six thousand transactions, a second of work: elixir-omg reads four times as much, and answers nothing else then. */
export const MANY_TRANSACTIONS_BYTES = 2_000_000

/** What can be said without seeing the chains: alarms, configuration, and whether a block is well formed. */
export function serviceRoutes(api: WatcherApi): readonly DescribedRoute[] {
  return [alarms(api), configuration(api), blockCheck(api)]
}

function alarms({ watcher }: WatcherApi): DescribedRoute {
  const alarm = { type: 'object', additionalProperties: object({ node: text, reporter: text }) }
  return described(
    { summary: 'Why the watcher is blind, if it is.', data: list(alarm) },
    get('/alarm.get', () => {
      const blindness = watcher.blindness()
      return answered(blindness ? [{ [blindness]: { node: 'plasma-guard', reporter: 'watcher' } }] : [])
    }),
  )
}

function configuration(api: WatcherApi): DescribedRoute {
  const data = object({
    contract_semver: text,
    deposit_finality_margin: integer,
    exit_processor_sla_margin: integer,
    network: text,
  })
  return described(
    { summary: 'What a client must know of this watcher.', data },
    get('/configuration.get', () =>
      answered({
        contract_semver: api.contractSemver,
        deposit_finality_margin: api.finalityMarginBlocks,
        exit_processor_sla_margin: api.slaMarginBlocks,
        network: api.network,
      }),
    ),
  )
}

function blockCheck({ recovery }: WatcherApi): DescribedRoute {
  return described(
    {
      summary: 'Whether a block is well formed, whatever the ledger says of it.',
      data: object({ valid: { const: true } }),
      bodyLimitBytes: MANY_TRANSACTIONS_BYTES,
    },
    post(
      '/block.validate',
      { hash: bytes(32), transactions: listOf(hex, 'hash'), number: integerAbove(0n) },
      ({ hash, transactions }) => {
        const error = validateBlock({ served: { hash: toHex(hash) as Hash, transactions }, ...recovery })
        return error ? refusal('validate_block', error) : answered({ valid: true })
      },
    ),
  )
}
