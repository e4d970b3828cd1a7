import type { At, ExitGameEvent, LedgerEvent } from '../exit-game/contract-event.ts'
import type { Timestamp } from '../plasma/units.ts'
import type { UnreadableEvent } from '../watcher/root-chain.ts'
import { readBlock } from './blocks.ts'
import { type Complete, complete, type Sources } from './complete.ts'
import { type DecodedLog, decodeExitGameLog, decodeLedgerLog } from './decode-log.ts'
import type { Deployment } from './deployment.ts'
import type { LogReader } from './logs.ts'
import { RootChainUnavailableError } from './node.ts'
import { placeLogs } from './place-logs.ts'

type ChainEvent = ExitGameEvent | LedgerEvent
type Events = { events: readonly ChainEvent[]; unreadable: readonly UnreadableEvent[] }
type Chain = { deployment: Deployment; logs: LogReader; sources: Sources }

/**
 * Reads every event of some blocks, in order. What cannot be read is told apart, and never hides the rest.
 *
 * @throws {@link RootChainUnavailableError}
 */
export async function readEvents({ deployment, logs, sources }: Chain, from: bigint, to: bigint): Promise<Events> {
  const { framework, ethVault, erc20Vault, paymentExitGame } = deployment
  const found = await logs({ addresses: [framework, ethVault, erc20Vault, paymentExitGame], from, to })
  // A node that lags behind answers an empty list for blocks that it does not know: that must not pass for silence.
  const last = await readBlock(sources.node, to)
  if (!last) throw new RootChainUnavailableError('eth_getLogs', `the node has no block ${String(to)}`)
  const placed = await placeLogs(sources.node, found)
  const readings: Understood[] = []
  for (const { log, at } of placed) {
    const decoded = log.address === paymentExitGame ? decodeExitGameLog(log, at) : decodeLedgerLog(log, at)
    readings.push(await completed(decoded, at, sources))
  }
  const events = await withState(
    readings.flatMap(({ event }) => event ?? []),
    sources,
  )
  return { events, unreadable: readings.flatMap(({ unreadable }) => unreadable ?? []) }
}

type Understood = { event?: ChainEvent | Complete; unreadable?: UnreadableEvent }

async function completed(decoded: DecodedLog, at: At, sources: Sources): Promise<Understood> {
  const where = { blockNumber: at.blockNumber, txHash: at.occurrence.txHash }
  switch (decoded.is) {
    case 'event':
      return { event: decoded.event }
    case 'incomplete': {
      const event = await complete(decoded.event, sources)
      return event ? { event } : { unreadable: { ...where, what: `${decoded.event.type} without its calldata` } }
    }
    case 'unreadable':
      return { unreadable: { ...where, what: decoded.what } }
    case 'other':
      return {}
  }
}

/** Adds what the contract holds now of the exits that were started: whether they are still open. */
async function withState(
  events: readonly (ChainEvent | Complete)[],
  { reader }: Sources,
): Promise<readonly ChainEvent[]> {
  const idsOf = (type: ChainEvent['type']) => [
    ...new Set(events.flatMap((event) => (event.type === type && 'exitId' in event ? [event.exitId] : []))),
  ]
  const standardIds = idsOf('ExitStarted')
  const inFlightIds = idsOf('InFlightExitStarted')
  const standard = await reader.standardExits(standardIds)
  const inFlight = await reader.inFlightExits(inFlightIds)
  const exitable = new Map(standardIds.map((id, at) => [id, standard[at]?.exitable ?? false]))
  const startedAt = new Map(inFlightIds.map((id, at) => [id, inFlight[at]?.exitStartTimestamp ?? (0n as Timestamp)]))
  return events.map((event) => {
    if (event.type === 'ExitStarted') return { ...event, exitable: exitable.get(event.exitId) ?? false }
    if (event.type !== 'InFlightExitStarted') return event
    return { ...event, contractTimestamp: startedAt.get(event.exitId) ?? (0n as Timestamp) }
  })
}
