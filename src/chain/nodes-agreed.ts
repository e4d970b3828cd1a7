import { z } from 'zod'
import { toJson } from '../lib/json.ts'
import type { Reply } from './node-reply.ts'
import { majority, quorumOf } from './nodes-election.ts'
import type { Side } from './nodes-look.ts'
import { gather } from './nodes-patience.ts'
import type { Peer, Question } from './nodes-peer.ts'
import { headIn, type Pool } from './nodes-pool.ts'
import { isTooMuch, revertOf } from './rpc-fault.ts'
import { lacksFunds } from './send-fault.ts'

/** What is decided on is no older than this. */
const FRESH_MS = 500
const PATIENCE_MS = 3_000

/** Answers that must not rest on a single node: enough nodes must give the same, of the same block. */
export function createAgreed(pool: Pool): Pool['attempt'] {
  return async (question) => {
    const pinning = pinningOf(question)
    if (pool.peers.length === 1 || pinning === undefined) return pool.attempt(question)
    const seen = await pool.side(FRESH_MS)
    if (seen.is === 'failure') return seen
    const { side } = seen
    const head = headIn(side, question)
    if (head) return head
    const pinned = { ...question, params: pinning(side.height) }
    return decide(pool, side.peers, ripeAt(pinned, side))
  }
}

type Pinning = (height: bigint) => readonly unknown[]

/** Where in its parameters a method names the block whose state it reads. */
const STATE_AT: Readonly<Record<string, number>> = {
  eth_call: 1,
  eth_estimateGas: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
  eth_getStorageAt: 2,
}
/** What is the same at every node once it is there. */
const FACTS = new Set([
  'eth_blockNumber',
  'eth_getBlockByNumber',
  'eth_getBlockByHash',
  'eth_getLogs',
  'eth_getTransactionByHash',
  'eth_getTransactionReceipt',
])

/** The parameters with the newest block by its number; undefined where nodes need not agree, as on what waits. */
function pinningOf({ method, params }: Question<unknown>): Pinning | undefined {
  const place = STATE_AT[method]
  if (place === undefined) return FACTS.has(method) ? () => params : undefined
  const at = params[place]
  if (at === 'pending') return undefined
  if (at !== undefined && at !== 'latest') return () => params
  return (height) => params.toSpliced(place, 1, `0x${height.toString(16)}`)
}

const mined = z.looseObject({ blockNumber: z.string() })

/** What was mined above the block that counts is not there yet, whichever node has it already. */
function ripeAt<Value>(question: Question<Value>, { height }: Side): Question<Value> {
  if (!/^eth_getTransaction(ByHash|Receipt)$/.test(question.method)) return question
  const ripe = (raw: unknown) => {
    const parsed = mined.safeParse(raw)
    return parsed.success && BigInt(parsed.data.blockNumber) > height ? null : raw
  }
  return { ...question, shape: z.preprocess(ripe, question.shape) as z.ZodType<Value> }
}

async function decide<Value>(
  { agreement }: Pool,
  peers: readonly Peer[],
  question: Question<Value>,
): Promise<Reply<Value>> {
  const quorum = quorumOf(peers.length, agreement)
  const isAgreed = (replies: readonly Reply<Value>[]) => agreedIn(replies, { quorum, question }) !== undefined
  const replies = await gather(
    peers.map((peer) => peer.ask(question)),
    { enough: isAgreed, graceMs: 0, longestMs: PATIENCE_MS },
  )
  return agreedIn(replies, { quorum, question }) ?? withoutAgreement(replies, { agreement, question })
}

function agreedIn<Value>(
  replies: readonly Reply<Value>[],
  { quorum, question }: { quorum: number; question: Question<Value> },
): Reply<Value> | undefined {
  const same = majority(replies.filter(isVote), quorum, (reply) => wordOf(reply, question))
  return same && (question.method === 'eth_estimateGas' ? dearest(same) : same[0])
}

/** An answer to the question: a value, or a refusal of the contract, which every node would give. */
function isVote(reply: Reply<unknown>): boolean {
  if (reply.is === 'fault') return revertOf(reply.fault) !== undefined || lacksFunds(reply.fault)
  return reply.is === 'value'
}

/** Nodes of different make say the same refusal in different words, and estimate differently. */
function wordOf(reply: Reply<unknown>, { method }: Question<unknown>): string {
  if (reply.is !== 'value') return reply.is === 'fault' && lacksFunds(reply.fault) ? 'no funds' : 'reverted'
  return method === 'eth_estimateGas' ? 'possible' : `value ${toJson(reply.value)}`
}

function dearest<Value>(replies: readonly Reply<Value>[]): Reply<Value> | undefined {
  const gas = (reply: Reply<Value>) => (reply.is === 'value' && typeof reply.value === 'bigint' ? reply.value : 0n)
  return replies.toSorted((left, right) => Number(gas(right) - gas(left)))[0]
}

/**
 * Fewer nodes have answered than were asked. Without a demanded number those that did will do, as long as they are of
 * one mind; a refusal that a smaller question would not meet is told, so that it is asked.
 */
function withoutAgreement<Value>(
  replies: readonly Reply<Value>[],
  { agreement, question }: { agreement: number | undefined; question: Question<Value> },
): Reply<Value> {
  const votes = replies.filter(isVote)
  const words = new Set(votes.map((vote) => wordOf(vote, question)))
  if (words.size > 1) return { is: 'failure', reason: 'the nodes do not agree', disagree: true }
  const refusals = replies.filter((reply) => reply.is === 'fault' && !isVote(reply))
  const tooMuch = refusals.find((reply) => reply.is === 'fault' && isTooMuch(reply.fault))
  if (tooMuch) return tooMuch
  const [vote] = votes
  if (vote && agreement === undefined) return vote
  if (vote) return { is: 'failure', reason: 'too few nodes answer' }
  return refusals[0] ?? replies[0] ?? { is: 'failure', reason: 'timeout' }
}
