import { keccak256 } from 'viem'
import { z } from 'zod'
import type { Hex } from '../lib/bytes.ts'
import type { Reception } from '../tx/chain-access.ts'
import type { Reply } from './node-reply.ts'
import type { Peer, Question } from './nodes-peer.ts'
import { receptionOf } from './send-fault.ts'
import { hash } from './shapes.ts'

/** A refusal that says something of the account, in the order in which one tells more than the other. */
const TELLING: readonly (Reception & { ok: false })['why'][] = ['nonce_too_low', 'nonce_taken', 'insufficient_funds']

/** Gives a transaction to every node; resolves as soon as one has it, else with what most of them say. */
export function broadcast<Value>(peers: readonly Peer[], question: Question<Value>): Promise<Reply<Value>> {
  return new Promise((resolve, reject) => {
    const replies: Reply<Value>[] = []
    for (const peer of peers)
      give(peer, question).then((reply) => {
        replies.push(reply)
        if (isReceived(reply)) resolve(reply)
        else if (replies.length === peers.length) resolve(mergeReceptions(replies))
      }, reject)
  })
}

/** Gives it to one node. One that has it in a block already says that its nonce is used up: it has received it. */
async function give<Value>(peer: Peer, question: Question<Value>): Promise<Reply<Value>> {
  const reply = await peer.ask(question)
  if (reply.is !== 'fault' || whyOf(reply) !== 'nonce_too_low') return reply
  const txHash = keccak256(question.params[0] as Hex)
  const found = await peer.ask({ method: 'eth_getTransactionByHash', params: [txHash], shape: transaction.nullable() })
  if (found.is !== 'value' || found.value?.hash !== txHash) return reply
  return { is: 'value', value: question.shape.parse(txHash) }
}

const transaction = z.looseObject({ hash })

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
