import type { At } from '../exit-game/contract-event.ts'
import type { Hash } from '../plasma/units.ts'
import { mapBounded } from '../watcher/bounded.ts'
import { RootChainMovedError } from '../watcher/root-chain-moved.ts'
import type { Bloom } from './bloom.ts'
import { type Header, readHeaderOf } from './blocks.ts'
import { type Node, RootChainUnavailableError } from './node.ts'
import type { LogEntry } from './shapes.ts'

export type PlacedLog = { log: LogEntry; at: At }

/** How many requests are under way at once: nodes and providers bear as much without limiting the rate. */
export const AT_ONCE = 16

/**
 * Says of each log where it stands: its block's time, and its rank among the logs of the same contract in its
 * transaction. The logs must be all of these contracts in those transactions, in order. `known`: headers that were read
 * already.
 *
 * @throws {@link RootChainMovedError} when a log is of a block that the chain does not have at that height.
 * @throws {@link RootChainUnavailableError} also when a header says that it holds no such log.
 */
export async function placeLogs(
  node: Node,
  logs: readonly LogEntry[],
  known: readonly Header[] = [],
): Promise<readonly PlacedLog[]> {
  const headers = await readHeaders(node, logs, known)
  const ranks = rankLogs(logs)
  return logs.map((log, index) => {
    const header = headers.get(log.blockHash)
    if (header?.number !== log.blockNumber) throw new RootChainMovedError(log.blockNumber)
    if (header.bloom && !mayHold(header.bloom, log))
      throw new RootChainUnavailableError('eth_getLogs', 'a log that its block does not hold')
    const occurrence = { txHash: log.transactionHash, rank: ranks[index] ?? 0 }
    return { log, at: { blockNumber: header.number, blockHash: header.hash, timestamp: header.timestamp, occurrence } }
  })
}

/** The rank of each log among those of the same contract in the same transaction, from 0. */
export function rankLogs(logs: readonly Pick<LogEntry, 'address' | 'transactionHash'>[]): readonly number[] {
  const counts = new Map<string, number>()
  return logs.map(({ address, transactionHash }) => {
    const key = `${transactionHash}:${address}`
    const rank = counts.get(key) ?? 0
    counts.set(key, rank + 1)
    return rank
  })
}

/** One request for each block. */
async function readHeaders(
  node: Node,
  logs: readonly LogEntry[],
  known: readonly Header[],
): Promise<ReadonlyMap<Hash, Header>> {
  const headers = new Map(known.map((header) => [header.hash, header]))
  const wanted = new Map(logs.filter(({ blockHash }) => !headers.has(blockHash)).map((log) => [log.blockHash, log]))
  for (const header of await mapBounded([...wanted.values()], AT_ONCE, (log) => readHeaderOf(node, log)))
    headers.set(header.hash, header)
  return headers
}

function mayHold(bloom: Bloom, { address, topics }: LogEntry): boolean {
  return bloom(address) && topics.every((topic) => bloom(topic))
}
