import type { z } from 'zod'
import type { Connection, Reply } from './node-reply.ts'
import { isNotNow, isTooMuch, revertOf, type RpcFault } from './rpc-fault.ts'
import { lacksFunds } from './send-fault.ts'

/** A question, with the shape that a usable answer has. */
export type Question<Value> = { method: string; params: readonly unknown[]; shape: z.ZodType<Value> }

/** What is known of a node from how it answered. Times are milliseconds of a clock that only runs. */
type Health = {
  /** Requests that failed, in a row. */
  failures: number
  /** Refusals for asking too often, in a row. */
  throttles: number
  /** It is left alone until then while others can be asked. */
  restUntil: number
  /** Of its answers; the newest count most. Undefined before the first. */
  latencyMs: number | undefined
  /** The newest block that it has shown. */
  head: bigint | undefined
  lastFailure: string | undefined
  /** Blocks behind what the others have, too many to be counted with. */
  lagging: boolean
  /** At the same height it has another block than most. */
  forked: boolean
  /** It is on another chain: nothing that it says counts. */
  wrongChain: boolean
}

/** A node of several, and how it does. */
export type Peer = {
  host: string
  health: Health
  ask: <Value>(question: Question<Value>) => Promise<Reply<Value>>
  /** Somebody was asked in its place. */
  tooSlow: (waitedMs: number) => void
}

const FIRST_REST_MS = 250
const LONGEST_REST_MS = 15_000
const FIRST_THROTTLE_MS = 1_000
const LONGEST_THROTTLE_MS = 60_000
/** The weight of one answer in the latency. */
const NEWS = 0.3
/** How long these take says more of the question than of the node. */
const HEAVY = new Set(['eth_getLogs', 'debug_traceTransaction'])
const INTERNAL_ERROR = -32603
const NO_CODE = 0

/** Follows how a node does by each of its answers. A revert or a refused transaction is never held against it. */
export function createPeer(connection: Connection, now: () => number = () => performance.now()): Peer {
  const health: Health = {
    ...{ failures: 0, throttles: 0, restUntil: 0, latencyMs: undefined, head: undefined, lastFailure: undefined },
    ...{ lagging: false, forked: false, wrongChain: false },
  }

  function worked(method: string, ms: number): void {
    health.failures = 0
    health.throttles = 0
    health.restUntil = 0
    health.lastFailure = undefined
    if (HEAVY.has(method)) return
    health.latencyMs = health.latencyMs === undefined ? ms : health.latencyMs * (1 - NEWS) + ms * NEWS
  }

  function failed(reason: string): void {
    health.failures++
    health.lastFailure = reason
    health.restUntil = now() + growing(FIRST_REST_MS, LONGEST_REST_MS, health.failures)
  }

  function throttled(): void {
    health.throttles++
    health.lastFailure = 'too many requests'
    health.restUntil = now() + growing(FIRST_THROTTLE_MS, LONGEST_THROTTLE_MS, health.throttles)
  }

  return {
    host: connection.host,
    health,
    tooSlow: (waitedMs) => {
      health.latencyMs = Math.max(health.latencyMs ?? 0, waitedMs)
    },
    ask: async (question) => {
      const since = now()
      const reply = checked(await connection.request(question.method, question.params), question)
      const verdict = verdictOn(reply)
      if (verdict === 'worked') worked(question.method, now() - since)
      else if (verdict === 'throttled') throttled()
      else failed(reply.is === 'failure' ? reply.reason : 'internal error')
      return reply
    },
  }
}

function growing(first: number, longest: number, times: number): number {
  return Math.min(first * 2 ** (times - 1), longest)
}

function checked<Value>(reply: Reply<unknown>, { shape }: Question<Value>): Reply<Value> {
  if (reply.is !== 'value') return reply
  const parsed = shape.safeParse(reply.value)
  return parsed.success ? { is: 'value', value: parsed.data } : { is: 'failure', reason: 'malformed answer' }
}

/** Not the node's failure: it was asked for more than fits into an answer. */
const TOO_LARGE = /^(answer too large|http status 413)$/

type Verdict = 'worked' | 'throttled' | 'failed'

function verdictOn(reply: Reply<unknown>): Verdict {
  if (reply.is === 'failure') return verdictOnFailure(reply.reason)
  if (reply.is === 'value' || isFinal(reply)) return 'worked'
  return verdictOnRefusal(reply.fault)
}

function verdictOnFailure(reason: string): Verdict {
  if (reason === 'http status 429') return 'throttled'
  return TOO_LARGE.test(reason) ? 'worked' : 'failed'
}

function verdictOnRefusal(fault: RpcFault): Verdict {
  if (isNotNow(fault)) return 'throttled'
  return fault.code === INTERNAL_ERROR || fault.code === NO_CODE ? 'failed' : 'worked'
}

/** Whether every other node would say the same: there is no use in asking one. */
export function isFinal(reply: Reply<unknown>): boolean {
  if (reply.is === 'value') return true
  if (reply.is === 'failure') return false
  const { fault } = reply
  return revertOf(fault) !== undefined || lacksFunds(fault) || (isTooMuch(fault) && !isNotNow(fault))
}
