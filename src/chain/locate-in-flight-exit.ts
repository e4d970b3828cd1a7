import { getAbiItem, toEventSelector } from 'viem'
import type { ExitGameEvent, LedgerEvent } from '../exit-game/contract-event.ts'
import { inFlightExitIdOf } from '../exit-game/exit-id.ts'
import type { Address, Hash } from '../plasma/units.ts'
import { exitGameAbi } from './abi.ts'
import { readHead } from './blocks.ts'
import { decodeExitGameLog, type Incomplete } from './decode-log.ts'
import type { ExitGameReader, InFlightExitState } from './exit-game.ts'
import type { LogPlacer } from './log-placer.ts'
import type { LogReader } from './logs.ts'
import type { Node } from './node.ts'
import { searchBack } from './search-back.ts'
import type { LogEntry } from './shapes.ts'

/** What the exit game has said of an in-flight exit: logs as they are, without their calldata. */
export type InFlightLog = ExitGameEvent | LedgerEvent | Incomplete

export type LocatedInFlightExit = {
  exitId: bigint
  txHash: Hash
  state: InFlightExitState
  /** Of this life of the exit, from its start on, oldest first. */
  history: readonly [start: InFlightLog, ...later: InFlightLog[]]
}

type Sources = {
  node: Node
  exitGame: Address
  reader: Pick<ExitGameReader, 'inFlightExit'>
  logs: LogReader
  place: LogPlacer
}

/** How deep a reorganisation may be and still change what was read before. */
const REORGANISATION = 64n

/**
 * Finds the in-flight exit of a transaction that the contract holds now, with all that its logs say of it. Every log of
 * an in-flight exit names the transaction's hash in the same topic, so one query reads them all; what was read before is
 * read on from there.
 *
 * @throws {@link RootChainUnavailableError}
 */
export function createInFlightExitLocator(
  sources: Sources,
): (txHash: Hash) => Promise<LocatedInFlightExit | undefined> {
  const lives = new Map<bigint, Life>()
  return async (txHash) => {
    const exitId = inFlightExitIdOf(txHash)
    const state = await sources.reader.inFlightExit(exitId)
    if (state.exitStartTimestamp === 0n) {
      lives.delete(exitId)
      return undefined
    }
    const life = await readLife(sources, txHash, lives.get(exitId))
    if (!life) return undefined
    lives.set(exitId, life)
    const history: InFlightLog[] = []
    for (const log of life.logs) {
      const decoded = decodeExitGameLog(log, await sources.place(log))
      if (decoded.is === 'event' || decoded.is === 'incomplete') history.push(decoded.event)
    }
    const [start, ...later] = history
    return start && { exitId, txHash, state, history: [start, ...later] }
  }
}

/** The logs of an exit from its newest start on, as of a height. */
type Life = { logs: readonly LogEntry[]; to: bigint }

async function readLife(sources: Sources, txHash: Hash, before: Life | undefined): Promise<Life | undefined> {
  const { node, exitGame, logs } = sources
  const { number: head } = await readHead(node)
  const query = { addresses: [exitGame], topics: [null, null, txHash] }
  const start = before?.logs[0]
  if (before && start) {
    const settled = before.to > REORGANISATION ? before.to - REORGANISATION : 0n
    const from = settled > start.blockNumber ? settled : start.blockNumber
    const news = await logs({ ...query, from, to: head })
    const life = sinceStart([...before.logs.filter(({ blockNumber }) => blockNumber < from), ...news])
    if (life) return { logs: life, to: head }
  }
  const found = await searchBack({ head, read: (range) => logs({ ...query, ...range }), enough: hasStart })
  const life = sinceStart(found)
  return life && { logs: life, to: head }
}

function sinceStart(logs: readonly LogEntry[]): readonly LogEntry[] | undefined {
  const at = logs.findLastIndex(isStart)
  return at < 0 ? undefined : logs.slice(at)
}

function hasStart(logs: readonly LogEntry[]): boolean {
  return logs.some(isStart)
}

function isStart({ topics }: LogEntry): boolean {
  return topics[0] === STARTED
}

const STARTED = toEventSelector(getAbiItem({ abi: exitGameAbi, name: 'InFlightExitStarted' }))
