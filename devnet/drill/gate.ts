import { type JsonAnswer, type JsonRequest, serveJson } from '../operator/json-server.ts'

/** A JSON-RPC call on its way to the node. */
export type RpcCall = { method: string; params: readonly unknown[] }

type Hold = {
  /** Resolves when the first matching call has come. */
  arrived: Promise<void>
  /** Lets everything through that was held, and what comes later. */
  release: () => void
}

/** The way from the guard to the root chain's node, where the drill can stop what it wants to race with. */
export type Gate = {
  url: string
  /** Keeps matching calls waiting until they are released. */
  hold: (matches: (call: RpcCall) => boolean) => Hold
  /** How many requests have been answered so far: a guard that asks is awake. */
  answered: () => number
  close: () => Promise<void>
}

/** Opens a gate in front of a node. Everything passes, as long as nothing is held. */
export async function openGate(nodeUrl: string): Promise<Gate> {
  const holds = new Set<{ matches: (call: RpcCall) => boolean; arrive: () => void; released: Promise<void> }>()
  let answered = 0

  async function pass({ body }: JsonRequest): Promise<JsonAnswer> {
    const calls = callsOf(body)
    for (const hold of [...holds].filter(({ matches }) => calls.some(matches))) {
      hold.arrive()
      await hold.released
    }
    const response = await fetch(nodeUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = { status: response.status, body: await response.json() }
    answered += 1
    return answer
  }

  function hold(matches: (call: RpcCall) => boolean): Hold {
    const arrival = deferred()
    const departure = deferred()
    const entry = { matches, arrive: arrival.resolve, released: departure.promise }
    holds.add(entry)
    return {
      arrived: arrival.promise,
      release: () => {
        holds.delete(entry)
        departure.resolve()
      },
    }
  }

  const server = await serveJson({ port: 0 }, pass)
  return { url: server.url, hold, answered: () => answered, close: server.close }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

function callsOf(body: unknown): RpcCall[] {
  const requests: readonly unknown[] = Array.isArray(body) ? body : [body]
  return requests.flatMap((each) => {
    if (typeof each !== 'object' || each === null || !('method' in each) || typeof each.method !== 'string') return []
    const params: readonly unknown[] = 'params' in each && Array.isArray(each.params) ? each.params : []
    return [{ method: each.method, params }]
  })
}
