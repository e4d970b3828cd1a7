import { z } from 'zod'
import type { Address, Hash } from '../plasma/units.ts'
import { blockTag } from './contract.ts'
import { type Answer, type Node, RootChainUnavailableError } from './node.ts'
import { isTooMuch } from './rpc-fault.ts'
import { type LogEntry, logEntry } from './shapes.ts'

/** Logs of some contracts in the blocks `from` to `to`, both included. `topics` as in JSON-RPC; all logs when absent. */
export type LogQuery = { addresses: readonly Address[]; from: bigint; to: bigint; topics?: readonly (Hash | null)[] }

/**
 * Reads logs in the order of the chain, each once, without those of abandoned blocks. Splits a range that is too much
 * for the node, and remembers what was not.
 *
 * @throws {@link RootChainUnavailableError}
 */
export type LogReader = (query: LogQuery) => Promise<readonly LogEntry[]>

const MOST_BLOCKS = 10_000n

export function createLogReader(node: Node): LogReader {
  let span = MOST_BLOCKS
  return async (query) => {
    const found: LogEntry[] = []
    let from = query.from
    while (from <= query.to) {
      const last = from + span - 1n
      const part = { ...query, from, to: last < query.to ? last : query.to }
      const logs = await tryRange(node, part)
      if (logs) {
        found.push(...logs)
        from = part.to + 1n
        span = span * 2n > MOST_BLOCKS ? MOST_BLOCKS : span * 2n
      } else if (part.from === part.to) {
        throw new RootChainUnavailableError('eth_getLogs', 'one block is too much for the node')
      } else {
        span = (part.to - part.from + 1n) / 2n
      }
    }
    return inOrder(found)
  }
}

/** The logs of a range, or undefined when it is worth another try with less of it. */
async function tryRange(node: Node, query: LogQuery): Promise<readonly LogEntry[] | undefined> {
  const answer = await smaller(() => node.attempt('eth_getLogs', [filterOf(query)], z.array(anyLog)))
  if (answer === undefined) return undefined
  if (!answer.ok) {
    if (isTooMuch(answer.fault)) return undefined
    throw new RootChainUnavailableError('eth_getLogs', `rpc error ${answer.fault.code}`)
  }
  const logs = answer.value.filter((log) => log !== undefined)
  if (!logs.every((log) => fits(log, query))) throw new RootChainUnavailableError('eth_getLogs', 'malformed answer')
  return logs
}

/** A log of an abandoned block says so; its other fields may be null then, and do not matter. */
const anyLog = z.union([z.object({ removed: z.literal(true) }).transform(() => undefined), logEntry])

async function smaller<Value>(question: () => Promise<Answer<Value>>): Promise<Answer<Value> | undefined> {
  try {
    return await question()
  } catch (error) {
    const large =
      error instanceof RootChainUnavailableError && /^(timeout|answer too large|http status 413)$/.test(error.reason)
    if (large) return undefined
    throw error
  }
}

function filterOf({ addresses, from, to, topics }: LogQuery) {
  return { address: addresses, fromBlock: blockTag(from), toBlock: blockTag(to), ...(topics ? { topics } : {}) }
}

function fits(log: LogEntry, { addresses, from, to }: LogQuery): boolean {
  return addresses.includes(log.address) && log.blockNumber >= from && log.blockNumber <= to
}

function inOrder(logs: readonly LogEntry[]): readonly LogEntry[] {
  const once = new Map(logs.map((log) => [`${log.blockHash}:${String(log.logIndex)}`, log]))
  return [...once.values()].sort(
    (left, right) => Number(left.blockNumber - right.blockNumber) || left.logIndex - right.logIndex,
  )
}
