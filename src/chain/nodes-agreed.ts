import { z } from 'zod'
import { decide } from './nodes-decide.ts'
import type { Side } from './nodes-look.ts'
import type { Question } from './nodes-peer.ts'
import { headIn, type Pool } from './nodes-pool.ts'

/** What is decided on is no older than this. */
const FRESH_MS = 500

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
    return decide(side.peers, ripeAt(pinned, side), pool.agreement)
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
  return { ...question, shape: z.preprocess(ripe, question.shape) }
}
