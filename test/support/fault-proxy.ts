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
    const refuse = REFUSALS[fault]
    if (refuse) {
      refuse(response)
      return
    }
    if (fault === 'slow') await pause(SLOW_MS)
    if (fault === 'duplicated') await onward(behind + path, body)
    if (fault === 'reordered') await inReverse()
    const answer = rpc ? await answerTo(rpc, path) : await onward(behind + path, body)
    if (fault === 'truncated') halve(response, answer)
    else response.writeHead(200, JSON_TYPE).end(answer)
  }

  async function answerTo(rpc: Rpc, path: string): Promise<string> {
    if (fault === 'wrong chain id' && rpc.method === 'eth_chainId') return resultOf(rpc, '0x7a69a')
    const asOld = fault === 'stale' ? staleQuestion(rpc, frozenAt) : rpc
    if ('result' in asOld) return resultOf(rpc, asOld.result)
    const text = await onward(behind + path, JSON.stringify({ jsonrpc: '2.0', ...asOld }))
    const parsed = JSON.parse(text) as { result?: unknown }
    if (!('result' in parsed)) return text
    const result = distorted(parsed.result, fault, frozenAt)
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

const JSON_TYPE = { 'content-type': 'application/json' }

/** Faults that nothing of the server gets through. */
const REFUSALS: Readonly<Partial<Record<Fault, (response: ServerResponse) => void>>> = {
  refused: (response) => void response.destroy(),
  reset: (response) => void response.destroy(),
  'http 429': (response) => void response.writeHead(429, { 'retry-after': '1' }).end('too many requests'),
  'http 503': (response) => void response.writeHead(503).end('<h1>service unavailable</h1>'),
  garbage: (response) => void response.writeHead(200, JSON_TYPE).end('{"jsonrpc":"2.0","id":1,"result":{}}'),
}

function halve(response: ServerResponse, answer: string): void {
  response.writeHead(200, { ...JSON_TYPE, 'content-length': String(answer.length) })
  response.write(answer.slice(0, answer.length / 2), () => response.destroy())
}

function distorted(result: unknown, fault: Fault, height: number): unknown {
  if (fault === 'stale') return staleAnswer(result, height)
  if (!Array.isArray(result)) return result
  const list = result as unknown[]
  if (fault === 'duplicated') return [...list, ...list]
  return fault === 'reordered' ? list.toReversed() : list
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
  if (rpc.method === 'eth_blockNumber') return { result: hexOf(height) }
  if (rpc.method === 'eth_getLogs') return staleLogsQuestion(rpc, height)
  const place = BLOCK_AT[rpc.method]
  if (place === undefined) return rpc
  const asked = heightIn(rpc.params[place])
  if (asked !== undefined && asked <= height) return rpc
  if (asked !== undefined && rpc.method === 'eth_getBlockByNumber') return { result: null }
  return { ...rpc, params: rpc.params.toSpliced(place, 1, hexOf(height)) }
}

/** Undefined for a name such as `latest`. */
function heightIn(tag: unknown): number | undefined {
  return typeof tag === 'string' && tag.startsWith('0x') ? Number(tag) : undefined
}

function staleLogsQuestion(rpc: Rpc, height: number): Rpc | { result: unknown } {
  const [filter] = rpc.params as [{ fromBlock?: string; toBlock?: string }]
  if (Number(filter.fromBlock) > height) return { result: [] }
  return Number(filter.toBlock) > height ? { ...rpc, params: [{ ...filter, toBlock: hexOf(height) }] } : rpc
}

function hexOf(height: number): string {
  return `0x${height.toString(16)}`
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
