import { connect } from './node-connection.ts'
import type { Connection, Reply } from './node-reply.ts'
import { broadcast } from './nodes-broadcast.ts'
import { decide } from './nodes-decide.ts'
import { createLooks, type Look, type Side } from './nodes-look.ts'
import { askForLogs } from './nodes-logs.ts'
import { createPeer, type Peer, type Question } from './nodes-peer.ts'
import { askInTurn, ranked } from './nodes-turns.ts'

export type PoolSettings = {
  urls: readonly string[]
  /** As many nodes must agree; two, or as many as keep up, when it is absent. */
  agreement?: number | undefined
  /** For one answer of one node. */
  timeoutMs?: number
}

/** Several nodes, asked as one. `now`: milliseconds of a clock that only runs. */
export type Pool = {
  peers: readonly Peer[]
  agreement: number | undefined
  attempt: <Value>(question: Question<Value>) => Promise<Reply<Value>>
  /** The newest block that counts and who has it, from a look at all nodes that is at most so old. */
  side: (oldestMs: number) => Promise<Look>
  now: () => number
}

/** Any node that had the newest block lately may be asked for what is older. */
const SIDE_LASTS_MS = 10_000

export function openPool({ urls, timeoutMs = 15_000, agreement }: PoolSettings): Pool {
  return createPool(
    urls.map((url) => connect(url, timeoutMs)),
    { agreement, now: () => performance.now() },
  )
}

/** A single node is asked as it is: there is nobody to compare it with. */
export function createPool(
  connections: readonly Connection[],
  { agreement, now }: Pick<Pool, 'agreement' | 'now'>,
): Pool {
  const peers = connections.map((connection) => createPeer(connection, now))
  const look = shared(createLooks({ peers, agreement, now }))
  let last: Side | undefined

  async function side(oldestMs: number): Promise<Look> {
    if (last && now() - last.at < oldestMs) return { is: 'side', side: last }
    const seen = await look()
    last = seen.is === 'side' ? seen.side : undefined
    return seen
  }

  async function attempt<Value>(question: Question<Value>): Promise<Reply<Value>> {
    const [only, another] = peers
    if (only && !another) return askOnly(only, question)
    if (question.method === 'eth_sendRawTransaction') return broadcast(peers.filter(isOfOurChain), question)
    const seen = await side(asksForHead(question) ? 0 : SIDE_LASTS_MS)
    if (seen.is === 'failure') return seen
    const head = headIn(seen.side, question)
    if (head) return head
    return askBest(ranked(seen.side.peers, now()), question)
  }

  return { peers, agreement, attempt, side, now }
}

function isOfOurChain({ health }: Peer): boolean {
  return !health.wrongChain
}

/**
 * Asks the best two where one could mislead. By its blocks the follower tells a reorganisation, and takes back what it
 * knows: a node that changes sides between two looks must not bring that about.
 */
function askBest<Value>(best: readonly Peer[], question: Question<Value>): Promise<Reply<Value>> {
  const two = best.slice(0, 2)
  if (two.length === 2 && question.method === 'eth_getLogs') return askForLogs(two, question)
  if (two.length === 2 && question.method === 'eth_getBlockByNumber') return decide(two, question, undefined)
  return askInTurn(best, (peer) => peer.ask(question))
}

async function askOnly<Value>(peer: Peer, question: Question<Value>): Promise<Reply<Value>> {
  const reply = await peer.ask(question)
  if (reply.is === 'value' && asksForHead(question)) peer.health.head = numberIn(reply.value) ?? peer.health.head
  return reply
}

function numberIn(value: unknown): bigint | undefined {
  const number: unknown = typeof value === 'object' && value !== null && 'number' in value ? value.number : value
  return typeof number === 'bigint' ? number : undefined
}

function asksForHead({ method, params }: Pick<Question<unknown>, 'method' | 'params'>): boolean {
  return method === 'eth_blockNumber' || (method === 'eth_getBlockByNumber' && params[0] === 'latest')
}

/** The answer of the look itself, where the question is for the newest block. */
export function headIn<Value>({ height, block }: Side, question: Question<Value>): Reply<Value> | undefined {
  if (!asksForHead(question)) return undefined
  const raw = question.method === 'eth_blockNumber' ? `0x${height.toString(16)}` : block
  const parsed = question.shape.safeParse(raw)
  return parsed.success ? { is: 'value', value: parsed.data } : { is: 'failure', reason: 'malformed answer' }
}

/** Those who ask while a look is under way get its answer. */
function shared<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | undefined
  return () => {
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
}
