import { envelope, failure, success } from '../operator/envelope.ts'
import { type JsonServer, serveJson } from '../operator/json-server.ts'
import { type Contracts, type RootChainClient } from '../wallet.ts'

/** What a Watcher says of one exit; whether it is true is the story's business. */
export type Claim = {
  /** `details` of the byzantine event `invalid_exit`. */
  details: Readonly<Record<string, unknown>> & { utxo_pos: bigint }
  /** Answer of `/utxo.get_challenge_data`; without one it says that there is none. */
  challengeData?: Readonly<Record<string, unknown>>
}

/** An entry of `byzantine_events`, as a Watcher lists it. */
export type Report = { event: string; details: Readonly<Record<string, unknown>> }

/** How a Watcher sees: it is `unavailable` while an alarm of its own is up, and one that stands still is `stale`. */
export type Eyesight = 'open' | 'unavailable' | 'stale'

type Surroundings = {
  client: RootChainClient
  contracts: Contracts
  claims?: () => readonly Claim[]
  reports?: () => readonly Report[]
  eyesight?: () => Eyesight
}

/** Serves the part of a Watcher's API that a guard asks for an invalid exit. As long as its eyes are open it says what it is told. */
export function serveFakeWatcher(surroundings: Surroundings): Promise<JsonServer> {
  const { claims = none, reports = none, eyesight = open, ...chain } = surroundings
  return serveJson({ port: 0 }, async ({ path, body }) => {
    const answer = (given: ReturnType<typeof success>) => ({ status: 200, body: envelope('watcher', given) })
    const sight = eyesight()
    if (sight === 'unavailable') return answer(failure('operation:service_unavailable', UNAVAILABLE))
    switch (path) {
      case '/status.get':
        return answer(success(await status(chain, sight, [...claims().map(reportOf), ...reports()])))
      case '/alarm.get':
        return answer(success([]))
      case '/configuration.get':
        return answer(success(CONFIGURATION))
      case '/utxo.get_challenge_data': {
        const position = positionIn(body)
        const claim = claims().find(({ details }) => details.utxo_pos === position)
        return answer(claim?.challengeData ? success(claim.challengeData) : failure('challenge:exit_not_found'))
      }
      default:
        return answer(failure('operation:not_found', 'Operation cannot be found. Check request URL.'))
    }
  })
}

const UNAVAILABLE = 'The server is not ready to handle the request.'

/** In blocks of the root chain, more than an honest Watcher needs to look. */
const LAG = 25n

const CONFIGURATION = {
  exit_processor_sla_margin: 5520,
  deposit_finality_margin: 0,
  contract_semver: '1.0.4',
  network: 'DEVNET',
}

const SERVICES = [
  'block_getter',
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
  'root_chain_height',
]

async function status(
  { client, contracts }: Pick<Surroundings, 'client' | 'contracts'>,
  sight: Eyesight,
  reports: readonly Report[],
) {
  const { number: latest, timestamp } = await client.getBlock({ blockTag: 'latest' })
  const height = sight === 'stale' ? latest - LAG : latest
  const seen = sight === 'stale' ? [] : reports
  return {
    last_validated_child_block_number: 1000n,
    last_validated_child_block_timestamp: timestamp,
    last_mined_child_block_number: 1000n,
    last_mined_child_block_timestamp: timestamp,
    last_seen_eth_block_number: height,
    last_seen_eth_block_timestamp: timestamp,
    eth_syncing: false,
    contract_addr: {
      plasma_framework: contracts.framework,
      eth_vault: contracts.ethVault,
      erc20_vault: contracts.erc20Vault,
      payment_exit_game: contracts.exitGame,
    },
    services_synced_heights: SERVICES.map((service) => ({ service, height })),
    in_flight_exits: [],
    byzantine_events: seen.map(({ event, details }) => ({ event, details: { name: event, ...details } })),
  }
}

function reportOf({ details }: Claim): Report {
  return { event: 'invalid_exit', details }
}

function open(): Eyesight {
  return 'open'
}

function none(): readonly never[] {
  return []
}

function positionIn(body: unknown): bigint | undefined {
  if (typeof body !== 'object' || body === null || !('utxo_pos' in body)) return undefined
  const { utxo_pos: position } = body
  return typeof position === 'number' && Number.isSafeInteger(position) ? BigInt(position) : undefined
}
