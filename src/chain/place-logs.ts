import type { At } from '../exit-game/contract-event.ts'
import type { Hash } from '../plasma/units.ts'
import type { Head } from '../watcher/root-chain.ts'
import { readBlockByHash } from './blocks.ts'
import { type Node, RootChainUnavailableError } from './node.ts'
import type { LogEntry } from './shapes.ts'

export type PlacedLog = { log: LogEntry; at: At }

const AT_ONCE = 8

/**
 * Says of each log where it stands: its block's time, and its rank among the logs of the same contract in its
 * transaction. The logs must be all of these contracts in those transactions, in order.
 *
 * @throws {@link RootChainUnavailableError} also when a block of theirs is gone again.
 */
export async function placeLogs(node: Node, logs: readonly LogEntry[]): Promise<readonly PlacedLog[]> {
  const blocks = await readBlocks(node, new Set(logs.map((log) => log.blockHash)))
  const ranks = rankLogs(logs)
  return logs.map((log, index) => {
    const block = blocks.get(log.blockHash)
    if (block?.number !== log.blockNumber) throw new RootChainUnavailableError('eth_getBlockByHash', 'malformed answer')
    const occurrence = { txHash: log.transactionHash, rank: ranks[index] ?? 0 }
    return { log, at: { blockNumber: block.number, blockHash: block.hash, timestamp: block.timestamp, occurrence } }
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

async function readBlocks(node: Node, hashes: ReadonlySet<Hash>): Promise<ReadonlyMap<Hash, Head>> {
  const wanted = [...hashes]
  const blocks = new Map<Hash, Head>()
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const part = wanted.slice(from, from + AT_ONCE)
    for (const block of await Promise.all(part.map((hash) => readBlockByHash(node, hash))))
      blocks.set(block.hash, block)
  }
  return blocks
}
