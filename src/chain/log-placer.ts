import type { At } from '../exit-game/contract-event.ts'
import { readHeaderOf } from './blocks.ts'
import { type Node, RootChainUnavailableError } from './node.ts'
import { rankLogs } from './place-logs.ts'
import { type LogEntry, transactionReceipt } from './shapes.ts'

const MOST_REMEMBERED = 10_000

/**
 * Says of a single log where it stands: its block's time, and its rank among the logs of the same contract in its
 * transaction, for which the others are read. What was placed once is remembered.
 *
 * @throws {@link RootChainUnavailableError} also when a reorganisation has taken the log away again.
 */
export type LogPlacer = (log: LogEntry) => Promise<At>

export function createLogPlacer(node: Node): LogPlacer {
  const placed = new Map<string, At>()
  return async (log) => {
    const name = `${log.blockHash}:${String(log.logIndex)}`
    const before = placed.get(name)
    if (before) return before
    const [{ timestamp }, rank] = await Promise.all([readHeaderOf(node, log), rankOf(node, log)])
    const { blockNumber, blockHash, transactionHash: txHash } = log
    const at = { blockNumber, blockHash, timestamp, occurrence: { txHash, rank } }
    if (placed.size >= MOST_REMEMBERED) placed.clear()
    placed.set(name, at)
    return at
  }
}

async function rankOf(node: Node, { address, transactionHash, logIndex }: LogEntry): Promise<number> {
  const receipt = await node.ask('eth_getTransactionReceipt', [transactionHash], transactionReceipt.nullable())
  const logs = receipt?.logs.filter((log) => log.address === address) ?? []
  const rank = rankLogs(logs)[logs.findIndex((log) => log.logIndex === logIndex)]
  if (rank === undefined) throw new RootChainUnavailableError('eth_getTransactionReceipt', 'no such log')
  return rank
}
