import type { Condition } from '../exit-game/condition.ts'
import { activeInFlightExits } from '../exit-game/in-flight-exit-status.ts'
import { statusEvents } from '../exit-game/status-events.ts'
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
  return {
    byzantine_events: byzantineEvents(snapshot),
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

function byzantineEvents({ conditions, game, time }: Snapshot): object[] {
  return [...statusEvents({ conditions, game, time }), ...conditions.flatMap(blockEvent)].map((details) => ({
    event: details.name,
    details,
  }))
}

function blockEvent(condition: Condition): { name: string; hash: string; blknum: bigint; error_type?: string }[] {
  switch (condition.type) {
    case 'invalid_block': {
      const { type, hash, blknum, errorType } = condition
      return [{ name: type, hash, blknum, error_type: errorType }]
    }
    case 'block_withholding':
      return [{ name: condition.type, hash: condition.hash, blknum: condition.blknum }]
    default:
      return []
  }
}
