import { getWebSocketRpcClient } from 'viem/utils'
import { sleep } from '../lib/sleep.ts'
import { type Connection, faultOf, replyOfError, type Reply } from './node-reply.ts'

type Client = Awaited<ReturnType<typeof getWebSocketRpcClient>>

/** A connection that nobody uses is closed, so that it keeps no program alive. */
const IDLE_MS = 3_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 15_000

/**
 * A node behind a WebSocket. It is opened by the first question, and again by the next one after it was lost; between
 * two openings that fail lies a growing pause, in which questions fail at once.
 */
export function connectWebSocket(url: string, timeoutMs: number): Connection {
  const socket = createSocket(url, timeoutMs)
  return {
    host: new URL(url).host,
    request: async (method, params) => {
      const client = await socket.open()
      if (client === undefined) return { is: 'failure', reason: 'no connection or no json' }
      const reply = await ask(client, { method, params }, timeoutMs)
      if (reply.is === 'failure' && reply.reason !== 'timeout') socket.lose(client)
      return reply
    },
  }
}

async function ask(
  client: Client,
  body: { method: string; params: unknown },
  timeout: number,
): Promise<Reply<unknown>> {
  try {
    const answer: { error?: unknown; result?: unknown } = await client.requestAsync({ body, timeout })
    if (answer.error !== undefined && answer.error !== null)
      return { is: 'fault', fault: faultOf(typeof answer.error === 'object' ? answer.error : {}) }
    return { is: 'value', value: answer.result }
  } catch (error) {
    // The library throws whatever its socket said, often no error at all.
    return replyOfError(error) ?? { is: 'failure', reason: 'no connection or no json' }
  }
}

function createSocket(url: string, timeoutMs: number) {
  let opening: Promise<Client | undefined> | undefined
  let live: Client | undefined
  let pauseMs = FIRST_PAUSE_MS
  let shutUntil = 0
  let idle: NodeJS.Timeout | undefined

  function lose(client: Client): void {
    if (live === client) {
      live = undefined
      opening = undefined
      clearTimeout(idle)
    }
    client.close()
  }

  async function connect(): Promise<Client | undefined> {
    const client = await inTime(url, timeoutMs)
    live = client
    if (client) {
      pauseMs = FIRST_PAUSE_MS
      return client
    }
    opening = undefined
    shutUntil = performance.now() + pauseMs
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    return undefined
  }

  return {
    lose,
    open: async () => {
      if (performance.now() < shutUntil) return undefined
      opening ??= connect()
      const client = await opening
      clearTimeout(idle)
      if (client) idle = setTimeout(closeIdle, IDLE_MS, client)
      return client
    },
  }

  function closeIdle(client: Client): void {
    if (client.requests.size === 0) lose(client)
    else idle = setTimeout(closeIdle, IDLE_MS, client)
  }
}

/** A host that swallows what is sent to it would be waited for without end. */
async function inTime(url: string, timeoutMs: number): Promise<Client | undefined> {
  const done = new AbortController()
  const opening = getWebSocketRpcClient(url, { keepAlive: false, reconnect: false }).catch(() => undefined)
  const client = await Promise.race([opening, sleep(timeoutMs, done.signal).then(() => undefined)])
  done.abort()
  if (!client) void opening.then((late) => late?.close())
  return client
}
