import type { Condition } from '../exit-game/condition.ts'
import { explainBlock, type Explanation } from '../exit-game/explanation.ts'
import { activeInFlightExits } from '../exit-game/in-flight-exit-status.ts'
import { statusEvents, type StatusEvent } from '../exit-game/status-events.ts'
import type { Milestone, Snapshot } from '../watcher/snapshot.ts'
import { answered } from './answer.ts'
import { post, type Route } from './route.ts'
import { fromSnapshot, type WatcherApi } from './watcher-api.ts'

/** elixir-omg's services that follow the root chain's events; here one fold does the work of all. */
const SERVICES = [
  'challenges_responds_processor',
  'competitor_processor',
  'depositor',
  'exit_challenger',
  'exit_finalizer',
  'exit_processor',
  'ife_exit_finalizer',
  'in_flight_exit_deleted_processor',
  'in_flight_exit_processor',
  'piggyback_challenges_processor',
  'piggyback_processor',
]

/** What is wrong, and how far the watcher has come. */
export function statusRoute(api: WatcherApi): Route {
  return post('/status.get', {}, () => fromSnapshot(api, (snapshot) => answered(status(snapshot, api))))
}

function status(snapshot: Snapshot, { contracts }: WatcherApi): object {
  const { head, game, evidence, childChain } = snapshot
  const events = detailsOf(snapshot)
  const distrust = beginningOfDistrust(events)
  return {
    byzantine_events: events.map((details) => ({ event: details.name, details })),
    byzantine_since: distrust,
    secure: distrust === null,
    contract_addr: {
      plasma_framework: contracts.framework,
      eth_vault: contracts.ethVault,
      erc20_vault: contracts.erc20Vault,
      payment_exit_game: contracts.paymentExitGame,
    },
    eth_syncing: false,
    in_flight_exits: activeInFlightExits({ game, evidence }),
    ...milestone('last_mined_child_block', childChain.mined),
    ...milestone('last_validated_child_block', childChain.validated),
    last_seen_eth_block_number: head.number,
    last_seen_eth_block_timestamp: head.timestamp,
    services_synced_heights: [
      { service: 'block_getter', height: childChain.appliedTo },
      ...SERVICES.map((service) => ({ service, height: snapshot.foldedTo })),
      { service: 'root_chain_height', height: head.number },
    ],
  }
}

function milestone(name: string, reached: Milestone | undefined): Record<string, bigint> {
  return { [`${name}_number`]: reached?.blknum ?? 0n, [`${name}_timestamp`]: reached?.timestamp ?? 0n }
}

type BlockEvent = { name: string; hash: string; blknum: bigint; error_type?: string } & Explanation
type Details = StatusEvent | BlockEvent

function detailsOf({ conditions, game, time }: Snapshot): Details[] {
  return [...statusEvents({ conditions, game, time }), ...conditions.flatMap(blockEvent)]
}

function blockEvent(condition: Condition): BlockEvent[] {
  switch (condition.type) {
    case 'invalid_block': {
      const { type, hash, blknum, errorType } = condition
      return [{ name: type, hash, blknum, error_type: errorType, ...explainBlock(condition) }]
    }
    case 'block_withholding':
      return [{ name: condition.type, hash: condition.hash, blknum: condition.blknum, ...explainBlock(condition) }]
    default:
      return []
  }
}

/** The events after which the chain is not safe any more: users should leave. */
const ENDS_TRUST: ReadonlySet<string> = new Set([
  'unchallenged_exit',
  'unchallenged_non_canonical_ife',
  'unchallenged_piggyback',
  'invalid_block',
  'block_withholding',
])

/** When the first of the matters began that made the chain unsafe; null while it is safe. */
function beginningOfDistrust(events: readonly Details[]): Explanation['byzantine_since'] | null {
  const beginnings = events.filter(({ name }) => ENDS_TRUST.has(name)).map((event) => event.byzantine_since)
  return beginnings.reduce<Explanation['byzantine_since'] | null>(
    (first, next) => (first === null || next.eth_height < first.eth_height ? next : first),
    null,
  )
}
