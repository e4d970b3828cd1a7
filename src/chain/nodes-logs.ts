import { z } from 'zod'
import { readBloom } from './bloom.ts'
import type { Reply } from './node-reply.ts'
import { gather } from './nodes-patience.ts'
import type { Peer, Question } from './nodes-peer.ts'
import { isTooMuch } from './rpc-fault.ts'
import { hash, hexData, type LogEntry } from './shapes.ts'

/** After the first answer, the other is waited for so long. */
const GRACE_MS = 1_500
/** More than any node has for one answer. */
const LONGEST_MS = 60_000

type Told<Value> = { peer: Peer; reply: Reply<Value> }

/**
 * Logs of a chain as two nodes tell it: what both say; else the longer tale, as long as the blocks of the other node
 * bear what that one does not tell. So a node that invents logs deceives nobody, and one that leaves some out hides
 * nothing. A log that the blocks might hold is taken in all the same: nothing is done on a log alone.
 */
export async function askForLogs<Value>(peers: readonly Peer[], question: Question<Value>): Promise<Reply<Value>> {
  const asked = peers.map(async (peer) => ({ peer, reply: await peer.ask(question) }))
  const told = await gather(asked, {
    longestMs: LONGEST_MS,
    patience: (some) => (some.some(({ reply }) => reply.is === 'value') ? GRACE_MS : undefined),
  })
  const tooMuch = told.find(({ reply }) => reply.is === 'fault' && isTooMuch(reply.fault))
  if (tooMuch) return tooMuch.reply
  const tales = told
    .filter(({ reply }) => reply.is === 'value')
    .toSorted((one, other) => lengthOf(other) - lengthOf(one))
  return tales.length > 0 ? firstBorne(tales) : withoutTale(told)
}

async function firstBorne<Value>(tales: readonly Told<Value>[]): Promise<Reply<Value>> {
  for (const tale of tales) {
    const others = tales.filter((other) => other !== tale)
    if (await isBorne(tale, others)) return tale.reply
  }
  return { is: 'failure', reason: 'the nodes have different logs', disagree: true }
}

function withoutTale<Value>(told: readonly Told<Value>[]): Reply<Value> {
  const refusal = told.find(({ reply }) => reply.is === 'fault')
  return (refusal ?? told[0])?.reply ?? { is: 'failure', reason: 'timeout' }
}

function lengthOf({ reply }: Told<unknown>): number {
  return new Set(toldIn(reply).map(nameOf)).size
}

function toldIn(reply: Reply<unknown>): readonly LogEntry[] {
  return reply.is === 'value' ? logsIn(reply.value) : []
}

/** Whether every other node tells these logs too, or has blocks that may hold them. */
async function isBorne(tale: Told<unknown>, others: readonly Told<unknown>[]): Promise<boolean> {
  for (const other of others) {
    const known = new Set(toldIn(other.reply).map(nameOf))
    for (const log of toldIn(tale.reply)) if (!known.has(nameOf(log)) && !(await mayHold(other.peer, log))) return false
  }
  return true
}

const block = z.object({ hash, logsBloom: hexData.nullish() })

async function mayHold(peer: Peer, { blockNumber, blockHash, address, topics }: LogEntry): Promise<boolean> {
  const params = [`0x${blockNumber.toString(16)}`, false]
  const reply = await peer.ask({ method: 'eth_getBlockByNumber', params, shape: block.nullable() })
  if (reply.is !== 'value' || reply.value?.hash !== blockHash) return false
  const bloom = readBloom(reply.value.logsBloom ?? undefined)
  return bloom === undefined || (bloom(address) && topics.every((topic) => bloom(topic)))
}

/** Logs of abandoned blocks are none. */
export function logsIn(value: unknown): readonly LogEntry[] {
  return Array.isArray(value) ? (value as (LogEntry | undefined)[]).filter((log) => log !== undefined) : []
}

/** Nodes of different make add fields of their own. */
export function nameOf({ blockHash, logIndex, address, topics, data, transactionHash }: LogEntry): string {
  return [blockHash, logIndex, transactionHash, address, topics.join(), data].join(':')
}
