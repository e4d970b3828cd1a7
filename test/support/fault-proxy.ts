import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What is wrong with the way to a server. `stale` and `wrong chain id` speak JSON-RPC; the others bear any POST. */
export type Fault =
  | 'none'
  | 'refused'
  | 'reset'
  | 'slow'
  | 'truncated'
  | 'stale'
  | 'forked'
  | 'duplicated'
  | 'reordered'
  | 'http 429'
  | 'http 503'
  | 'wrong chain id'
  | 'garbage'

type Rpc = { id: unknown; method: string; params: unknown[] }

/** A server between two programs that a test can make fail in every way that networks and nodes know. */
export type FaultProxy = {
  url: string
  /** From now on; `forked` needs `other`, another chain that answers instead. */
  make: (fault: Fault, other?: string) => Promise<void>
  /** Methods that were asked for since the fault was made. */
  asked: () => readonly string[]
  /** Changes what the server answers to a method. */
  forge: (method: string, forgery: ((result: unknown) => unknown) | undefined) => void
  close: () => Promise<void>
}

const SLOW_MS = 6_000
const REORDER_MS = 60

export async function openFaultProxy(target: string): Promise<FaultProxy> {
  let fault: Fault = 'none'
  let behind = target
  let frozenAt = 0
  const asked: string[] = []
  const forgeries = new Map<string, (result: unknown) => unknown>()
  const inReverse = createReversal()
  const sockets = new Set<Socket>()

  const server = createServer((request, response) => {
    void bodyOf(request)
      .then((body) => serve({ body, path: request.url ?? '/' }, response))
      .catch(() => response.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    if (fault === 'refused') socket.destroy()
  })

  async function serve({ body, path }: { body: string; path: string }, response: ServerResponse): Promise<void> {
    const rpc = rpcIn(body)
    if (rpc) asked.push(rpc.method)
    switch (fault) {
      case 'refused':
      case 'reset':
        response.destroy()
        return
      case 'http 429':
        response.writeHead(429, { 'retry-after': '1' }).end('too many requests')
        return
      case 'http 503':
        response.writeHead(503).end('<h1>service unavailable</h1>')
        return
      case 'garbage':
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":"2.0","id":1,"result":{}}')
        return
      case 'slow':
        await pause(SLOW_MS)
        break
      case 'duplicated':
        await onward(behind + path, body)
        break
      case 'reordered':
        await inReverse()
        break
      default:
    }
    const answer = await answerTo(body, path, rpc)
    if (fault === 'truncated') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(answer.length) })
      response.write(answer.slice(0, answer.length / 2), () => response.destroy())
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
  }

  async function answerTo(body: string, path: string, rpc: Rpc | undefined): Promise<string> {
    if (!rpc) return onward(behind + path, body)
    if (fault === 'wrong chain id' && rpc.method === 'eth_chainId') return resultOf(rpc, '0x7a69a')
    const asOld = fault === 'stale' ? staleQuestion(rpc, frozenAt) : rpc
    if ('result' in asOld) return resultOf(rpc, asOld.result)
    const text = await onward(behind + path, JSON.stringify({ jsonrpc: '2.0', ...asOld }))
    const parsed = JSON.parse(text) as { result?: unknown }
    if (!('result' in parsed)) return text
    let { result } = parsed
    if (fault === 'stale') result = staleAnswer(result, frozenAt)
    if (fault === 'duplicated' && Array.isArray(result)) result = [...(result as unknown[]), ...(result as unknown[])]
    if (fault === 'reordered' && Array.isArray(result)) result = (result as unknown[]).toReversed()
    return resultOf(rpc, forgeries.get(rpc.method)?.(result) ?? result)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    make: async (next, other) => {
      if (next === 'stale') frozenAt = await heightOf(target)
      behind = other ?? target
      fault = next
      asked.splice(0)
      if (next === 'refused' || next === 'reset') for (const socket of sockets) socket.destroy()
    },
    asked: () => asked,
    forge: (method, forgery) => {
      if (forgery) forgeries.set(method, forgery)
      else forgeries.delete(method)
    },
    close: () => close(server),
  }
}

function rpcIn(body: string): Rpc | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null && 'method' in parsed ? (parsed as Rpc) : undefined
  } catch {
    return undefined
  }
}

function resultOf({ id }: Rpc, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result })
}

/** Where a method names a block; whatever it names, this node has none above `height`. */
const BLOCK_AT: Readonly<Record<string, number>> = {
  eth_call: 1,
  eth_estimateGas: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
  eth_getBlockByNumber: 0,
}

function staleQuestion(rpc: Rpc, height: number): Rpc | { result: unknown } {
  const old = `0x${height.toString(16)}`
  if (rpc.method === 'eth_blockNumber') return { result: old }
  if (rpc.method === 'eth_getLogs') {
    const [filter] = rpc.params as [{ fromBlock?: string; toBlock?: string }]
    if (Number(filter.fromBlock) > height) return { result: [] }
    return Number(filter.toBlock) > height ? { ...rpc, params: [{ ...filter, toBlock: old }] } : rpc
  }
  const place = BLOCK_AT[rpc.method]
  if (place === undefined) return rpc
  const tag = rpc.params[place]
  const isHeight = typeof tag === 'string' && tag.startsWith('0x')
  if (isHeight && Number(tag) <= height) return rpc
  if (isHeight && rpc.method === 'eth_getBlockByNumber') return { result: null }
  return { ...rpc, params: rpc.params.toSpliced(place, 1, old) }
}

function staleAnswer(result: unknown, height: number): unknown {
  const isAbove =
    typeof result === 'object' && result !== null && 'blockNumber' in result && Number(result.blockNumber) > height
  return isAbove ? null : result
}

/** Lets those who come at about the same time go in the reverse of their order. */
function createReversal(): () => Promise<void> {
  let waiting: (() => void)[] = []
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      if (waiting.length > 1) return
      void pause(REORDER_MS).then(() => {
        const all = waiting.toReversed()
        waiting = []
        for (const go of all) go()
      })
    })
}

async function onward(url: string, body: string): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return response.text()
}

async function heightOf(url: string): Promise<number> {
  const text = await onward(url, '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}')
  return Number((JSON.parse(text) as { result: string }).result)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
