import { fromHex } from '../lib/bytes.ts'
import type { Address, Hash } from '../plasma/units.ts'
import { isYoung } from './blocks.ts'
import { type Node, RootChainUnavailableError } from './node.ts'
import { type LogEntry, type SentTransaction, sentTransaction } from './shapes.ts'
import { tracedCalls } from './trace.ts'

/** The transaction behind a log. `to` is absent where it created a contract. */
type SentCall = { to: Address | undefined; calldata: Uint8Array }

/** What the transactions behind logs called. What was asked last is remembered: one transaction may leave many logs. */
export type Calls = {
  /**
   * Undefined when the node no longer has it.
   *
   * @throws {@link RootChainUnavailableError}
   */
  sent: (log: LogEntry) => Promise<SentCall | undefined>
  /** The calldata of each call that it made to a contract, where the node traces. */
  traced: (txHash: Hash, to: Address) => Promise<readonly Uint8Array[]>
}

const REMEMBERED = 64

export function createCalls(node: Node): Calls {
  const remember = createMemory()
  return {
    sent: (log) => remember(`sent:${log.transactionHash}`, () => readSent(node, log)),
    traced: (txHash, to) =>
      remember(`traced:${txHash}:${to}`, async () => {
        const traced = await tracedCalls(node, txHash, to)
        return traced.map((calldata) => fromHex(calldata))
      }),
  }
}

/**
 * By its hash; else by its place in the block, which a node that keeps no index of old transactions still has.
 *
 * @throws {@link RootChainUnavailableError}
 */
async function readSent(node: Node, log: LogEntry): Promise<SentCall | undefined> {
  const { transactionHash } = log
  const named = await node.ask('eth_getTransactionByHash', [transactionHash], sentTransaction.nullable())
  const sent = named ?? (await readPlaced(node, log))
  if (sent) {
    if (sent.hash !== transactionHash)
      throw new RootChainUnavailableError('eth_getTransactionByHash', 'malformed answer')
    return { to: sent.to ?? undefined, calldata: fromHex(sent.input) }
  }
  if (await isYoung(node, log.blockNumber))
    throw new RootChainUnavailableError('eth_getTransactionByHash', 'no such transaction')
  return undefined
}

async function readPlaced(node: Node, { blockHash, transactionIndex }: LogEntry): Promise<SentTransaction | null> {
  if (transactionIndex === undefined || transactionIndex === null) return null
  const place = [blockHash, `0x${transactionIndex.toString(16)}`]
  const answer = await node.attempt('eth_getTransactionByBlockHashAndIndex', place, sentTransaction.nullable())
  return answer.ok ? answer.value : null
}

/** A failure is not remembered. */
function createMemory() {
  const kept = new Map<string, Promise<unknown>>()
  return <Value>(name: string, question: () => Promise<Value>): Promise<Value> => {
    const before = kept.get(name)
    if (before) return before as Promise<Value>
    const answer = question()
    kept.set(name, answer)
    answer.catch(() => kept.delete(name))
    const [oldest] = kept.keys()
    if (kept.size > REMEMBERED && oldest !== undefined) kept.delete(oldest)
    return answer
  }
}
