import { z } from 'zod'
import type { Address, Hash } from '../plasma/units.ts'
import { blockTag } from './contract.ts'
import { createLogSpan } from './log-span.ts'
import { type Answer, type Node, RootChainUnavailableError } from './node.ts'
import { blocksBorne, isTooMuch } from './rpc-fault.ts'
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
  const span = createLogSpan(MOST_BLOCKS)
  return async (query) => {
    const found: LogEntry[] = []
    let from = query.from
    while (from <= query.to) {
      const last = from + span.blocks() - 1n
      const part = { ...query, from, to: last < query.to ? last : query.to }
      const blocks = part.to - part.from + 1n
      const answer = await tryRange(node, part)
      if (answer.ok) {
        for (const log of answer.logs) found.push(log)
        from = part.to + 1n
        span.worked(blocks)
      } else if (blocks === 1n) {
        throw new RootChainUnavailableError('eth_getLogs', 'one block is too much for the node')
      } else {
        span.failed(blocks, answer.hint)
      }
    }
    return inOrder(found)
  }
}

const INVALID_PARAMS = -32602

/**
 * The logs of one block and no other, by its hash: a node that does not have that block says so instead of nothing.
 * Undefined when the node is not one to ask so.
 *
 * @throws {@link RootChainUnavailableError}
 */
export async function readLogsOf(
  node: Node,
  { addresses, block }: { addresses: readonly Address[]; block: { hash: Hash } },
): Promise<readonly LogEntry[] | undefined> {
  const filter = { address: addresses, blockHash: block.hash }
  const answer = await node.attempt('eth_getLogs', [filter], z.array(anyLog))
  if (!answer.ok) {
    if (answer.fault.code === INVALID_PARAMS) return undefined
    throw new RootChainUnavailableError('eth_getLogs', `rpc error ${answer.fault.code}`)
  }
  const logs = standing(answer.value)
  const fit = logs.every((log) => addresses.includes(log.address) && log.blockHash === block.hash)
  if (!fit) throw new RootChainUnavailableError('eth_getLogs', 'malformed answer')
  return logs
}

type RangeAnswer = { ok: true; logs: readonly LogEntry[] } | { ok: false; hint?: bigint | undefined }

/** Not `ok` when it is worth another try with less of it. */
async function tryRange(node: Node, query: LogQuery): Promise<RangeAnswer> {
  const answer = await smaller(() => node.attempt('eth_getLogs', [filterOf(query)], z.array(anyLog)))
  if (answer === undefined) return { ok: false }
  if (!answer.ok) {
    if (isTooMuch(answer.fault)) return { ok: false, hint: blocksBorne(answer.fault) }
    throw new RootChainUnavailableError('eth_getLogs', `rpc error ${answer.fault.code}`)
  }
  if (mayBeCutOff(answer.value.length) && query.from < query.to) return { ok: false }
  const logs = standing(answer.value)
  if (!logs.every((log) => fits(log, query))) throw new RootChainUnavailableError('eth_getLogs', 'malformed answer')
  return { ok: true, logs }
}

/** Some providers leave out without a word what is above their limit, and their limits are round. */
function mayBeCutOff(count: number): boolean {
  return count >= 100 && /^[125]0+$/.test(String(count))
}

/**
 * A log of an abandoned block says so; its other fields may be null then, and do not matter. Those behind it do
 * (watcher trap 21).
 */
const anyLog = z.union([z.object({ removed: z.literal(true) }).transform(() => undefined), logEntry])

function standing(logs: readonly (LogEntry | undefined)[]): readonly LogEntry[] {
  return logs.filter((log) => log !== undefined)
}

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

function fits(log: LogEntry, { addresses, from, to, topics = [] }: LogQuery): boolean {
  const wanted = topics.every((topic, at) => topic === null || log.topics[at] === topic)
  return wanted && addresses.includes(log.address) && log.blockNumber >= from && log.blockNumber <= to
}

/** @throws {@link RootChainUnavailableError} when one place holds two logs. */
function inOrder(logs: readonly LogEntry[]): readonly LogEntry[] {
  const once = new Map<string, LogEntry>()
  for (const log of logs) {
    const place = `${log.blockHash}:${String(log.logIndex)}`
    const before = once.get(place)
    if (before && contentOf(before) !== contentOf(log))
      throw new RootChainUnavailableError('eth_getLogs', 'two logs at one place')
    once.set(place, log)
  }
  return [...once.values()].sort(
    (left, right) => Number(left.blockNumber - right.blockNumber) || left.logIndex - right.logIndex,
  )
}

function contentOf({ address, topics, data, transactionHash }: LogEntry): string {
  return [address, topics.join(), data, transactionHash].join(':')
}
