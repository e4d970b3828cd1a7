import type { Reception } from '../tx/chain-access.ts'
import type { Reply } from './node-reply.ts'
import type { Peer, Question } from './nodes-peer.ts'
import { receptionOf } from './send-fault.ts'

/** A refusal that says something of the account, in the order in which one tells more than the other. */
const TELLING: readonly (Reception & { ok: false })['why'][] = ['nonce_too_low', 'nonce_taken', 'insufficient_funds']

/** Gives a transaction to every node; resolves as soon as one has it, else with what most of them say. */
export function broadcast<Value>(peers: readonly Peer[], question: Question<Value>): Promise<Reply<Value>> {
  return new Promise((resolve, reject) => {
    const replies: Reply<Value>[] = []
    for (const peer of peers)
      peer.ask(question).then((reply) => {
        replies.push(reply)
        if (isReceived(reply)) resolve(reply)
        else if (replies.length === peers.length) resolve(mergeReceptions(replies))
      }, reject)
  })
}

/**
 * What several nodes made of one transaction: the best of it. Received by any is received. Of the refusals that say
 * something of the account, the most frequent counts; then any other, then no answer at all.
 */
export function mergeReceptions<Value>(replies: readonly Reply<Value>[]): Reply<Value> {
  const received = replies.find(isReceived)
  if (received) return received
  const refusals = replies.filter((reply) => reply.is === 'fault')
  const saying = (why: string) => refusals.filter((reply) => whyOf(reply) === why)
  const groups = TELLING.map(saying).sort((left, right) => right.length - left.length)
  return groups[0]?.[0] ?? refusals[0] ?? replies[0] ?? { is: 'failure', reason: 'there is no node' }
}

function isReceived(reply: Reply<unknown>): boolean {
  return reply.is === 'value' || (reply.is === 'fault' && receptionOf(reply.fault).ok)
}

function whyOf(reply: Extract<Reply<unknown>, { is: 'fault' }>): string | undefined {
  const reception = receptionOf(reply.fault)
  return reception.ok ? undefined : reception.why
}
