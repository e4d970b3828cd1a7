import type { At, ExitGameEvent, LedgerEvent } from '../exit-game/contract-event.ts'
import type { Timestamp } from '../plasma/units.ts'
import { mapBounded } from '../watcher/bounded.ts'
import type { ContractLogs, Notice, UnreadableEvent } from '../watcher/root-chain.ts'
import { type Header, readHeader } from './blocks.ts'
import { complete } from './complete.ts'
import { type Complete, type DecodedLog, decodeExitGameLog, decodeLedgerLog } from './decode-log.ts'
import { completeDeposit } from './deposit-transaction.ts'
import type { Deployment } from './deployment.ts'
import { atHeight } from './exit-states.ts'
import { type LogReader, readLogsOf } from './logs.ts'
import { type Node, RootChainUnavailableError } from './node.ts'
import { AT_ONCE, type PlacedLog, placeLogs } from './place-logs.ts'
import { knownSelectors } from './read-log.ts'
import type { LogEntry } from './shapes.ts'
import type { Sources } from './sources.ts'

type ChainEvent = ExitGameEvent | LedgerEvent
type Chain = { deployment: Deployment; logs: LogReader; sources: Sources }

/**
 * Reads every event of some blocks, in order. What cannot be read is told apart, and never hides the rest.
 *
 * @throws {@link RootChainMovedError} when the node tells of two pasts.
 * @throws {@link RootChainUnavailableError}
 */
export async function readEvents(chain: Chain, from: bigint, to: bigint): Promise<ContractLogs> {
  const { deployment, logs, sources } = chain
  const { framework, ethVault, erc20Vault, paymentExitGame } = deployment
  const addresses = [framework, ethVault, erc20Vault, paymentExitGame]
  const found = await logs({ addresses, from, to })
  // A node that lags behind answers an empty list for blocks that it does not know: that must not pass for silence.
  const last = await readHeader(sources.node, to)
  if (!last) throw new RootChainUnavailableError('eth_getLogs', `the node has no block ${String(to)}`)
  await checkSilence(sources.node, { addresses, last, found })
  const placed = await placeLogs(sources.node, found, [last])
  const readings = await mapBounded(placed, AT_ONCE, ({ log, at }) => understand({ log, at }, chain))
  const events = await withState(
    readings.flatMap(({ event }) => event ?? []),
    { to, sources },
  )
  return {
    events,
    notices: readings.flatMap(({ notice }) => notice ?? []),
    unreadable: readings.flatMap(({ unreadable }) => unreadable ?? []),
  }
}

type Silence = { addresses: readonly Deployment['framework'][]; last: Header; found: readonly LogEntry[] }

/**
 * A node that has a block, but not yet (or no longer) its logs, gives none. Where the last block may hold some of ours
 * by its header, it is asked for them by its hash.
 *
 * @throws {@link RootChainUnavailableError} when there are some.
 */
async function checkSilence(node: Node, { addresses, last, found }: Silence): Promise<void> {
  const { bloom } = last
  if (!bloom || found.some(({ blockNumber }) => blockNumber === last.number)) return
  const mayHold = addresses.some((address) => bloom(address)) && [...SELECTORS].some((topic) => bloom(topic))
  if (!mayHold) return
  const logs = await readLogsOf(node, { addresses, block: last })
  if (logs && logs.length > 0)
    throw new RootChainUnavailableError('eth_getLogs', 'logs of the last block were left out')
}

const SELECTORS = knownSelectors()

type Understood = { event?: ChainEvent | Complete; notice?: Notice; unreadable?: UnreadableEvent }

function understand({ log, at }: PlacedLog, { deployment, sources }: Chain): Promise<Understood> {
  const isOfGame = log.address === deployment.paymentExitGame
  return completed(isOfGame ? decodeExitGameLog(log, at) : decodeLedgerLog(log, at), { log, at }, sources)
}

async function completed(decoded: DecodedLog, { log, at }: PlacedLog, sources: Sources): Promise<Understood> {
  switch (decoded.is) {
    case 'event':
      return withTransaction(decoded.event, { log, at }, sources)
    case 'incomplete': {
      const event = await complete({ event: decoded.event, log }, sources)
      return event ? { event } : unreadable(at, `${decoded.event.type} without its calldata`)
    }
    case 'notice':
      return { notice: decoded.notice }
    case 'unreadable':
      return unreadable(at, decoded.what)
    case 'other':
      return {}
  }
}

async function withTransaction(event: ChainEvent, { log, at }: PlacedLog, sources: Sources): Promise<Understood> {
  if (event.type !== 'DepositCreated') return { event }
  const deposit = await completeDeposit({ event, log }, sources)
  if (!deposit.unknown) return { event: deposit.event }
  return { event: deposit.event, ...unreadable(at, 'DepositCreated without its transaction') }
}

function unreadable({ blockNumber, occurrence }: At, what: string): { unreadable: UnreadableEvent } {
  return { unreadable: { blockNumber, txHash: occurrence.txHash, what } }
}

/**
 * Adds whether the exits that were started are still open behind the last block, or now where the node has no state as
 * old as that.
 */
async function withState(
  events: readonly (ChainEvent | Complete)[],
  { to, sources }: { to: bigint; sources: Sources },
): Promise<readonly ChainEvent[]> {
  const { node, reader } = sources
  const idsOf = (type: ChainEvent['type']) => [
    ...new Set(events.flatMap((event) => (event.type === type && 'exitId' in event ? [event.exitId] : []))),
  ]
  const [standardIds, inFlightIds] = [idsOf('ExitStarted'), idsOf('InFlightExitStarted')]
  const [standard, inFlight] = await atHeight(node, to, (at) =>
    Promise.all([reader.standardExits(standardIds, at), reader.inFlightExits(inFlightIds, at)]),
  )
  const exitable = new Map(standardIds.map((id, at) => [id, standard[at]?.exitable ?? false]))
  const startedAt = new Map(inFlightIds.map((id, at) => [id, inFlight[at]?.exitStartTimestamp]))
  return events.map((event) => {
    if (event.type === 'ExitStarted') return { ...event, exitable: exitable.get(event.exitId) ?? false }
    if (event.type !== 'InFlightExitStarted') return event
    // Another time is that of a later life, so this one is over.
    const held = startedAt.get(event.exitId) === event.timestamp
    return { ...event, contractTimestamp: held ? event.timestamp : (0n as Timestamp) }
  })
}
