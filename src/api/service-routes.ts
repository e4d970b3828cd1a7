import { validateBlock } from '../plasma/validate-block.ts'
import type { Hash } from '../plasma/units.ts'
import { toHex } from '../lib/bytes.ts'
import { answered } from './answer.ts'
import { bytes, hex, integerAbove, listOf } from './params.ts'
import { refusal } from './refusals.ts'
import { post, type Route } from './route.ts'
import type { WatcherApi } from './watcher-api.ts'

/** What can be said without seeing the chains: alarms, configuration, and whether a block is well formed. */
export function serviceRoutes(api: WatcherApi): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/alarm.get',
      answer: () => {
        const blindness = api.watcher.blindness()
        return answered(blindness ? [{ [blindness]: { node: 'plasma-guard', reporter: 'watcher' } }] : [])
      },
    },
    {
      method: 'GET',
      path: '/configuration.get',
      answer: () =>
        answered({
          contract_semver: api.contractSemver,
          deposit_finality_margin: api.finalityMarginBlocks,
          exit_processor_sla_margin: api.slaMarginBlocks,
          network: api.network,
        }),
    },
    post(
      '/block.validate',
      { hash: bytes(32), transactions: listOf(hex, 'hash'), number: integerAbove(0n) },
      ({ hash, transactions }) => {
        const error = validateBlock({ served: { hash: toHex(hash) as Hash, transactions }, ...api.recovery })
        return error ? refusal('validate_block', error) : answered({ valid: true })
      },
    ),
  ]
}
