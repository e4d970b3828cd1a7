import { toJson } from '../lib/json.ts'
import type { Reply } from './node-reply.ts'
import { majority, quorumOf } from './nodes-election.ts'
import { logsIn, nameOf } from './nodes-logs.ts'
import { gather } from './nodes-patience.ts'
import type { Peer, Question } from './nodes-peer.ts'
import { isTooMuch, revertOf } from './rpc-fault.ts'
import { lacksFunds } from './send-fault.ts'

/** After the first answer, the others are waited for so long. */
const GRACE_MS = 1_500
/** More than any node has for one answer. */
const LONGEST_MS = 60_000

/** The answer that enough nodes give; a failure when they contradict each other or are too few. */
export async function decide<Value>(
  peers: readonly Peer[],
  question: Question<Value>,
  agreement: number | undefined,
): Promise<Reply<Value>> {
  const quorum = quorumOf(peers.length, agreement)
  const find = (replies: readonly Reply<Value>[]) => agreedIn(replies, { quorum, question })
  const replies = await gather(
    peers.map((peer) => peer.ask(question)),
    { longestMs: LONGEST_MS, patience: (found) => (find(found) ? 0 : found.some(isVote) ? GRACE_MS : undefined) },
  )
  return find(replies) ?? withoutAgreement(replies, { agreement, question })
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
  if (method === 'eth_estimateGas') return 'possible'
  const { value } = reply
  return `value ${method === 'eth_getLogs' ? inAnyOrder(value) : toJson(value)}`
}

function inAnyOrder(value: unknown): string {
  return [...new Set(logsIn(value).map(nameOf))].sort().join()
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
