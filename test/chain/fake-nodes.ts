import type { Connection, Reply } from '../../src/chain/node-reply.ts'
import { nodesOf } from '../../src/chain/nodes.ts'
import { createPool } from '../../src/chain/nodes-pool.ts'

export const hashOf = (text: string) => `0x${Buffer.from(text).toString('hex').padStart(64, '0')}`
const hex = (value: number | bigint) => `0x${value.toString(16)}`

/** A node in memory, and what is wrong with it. */
export type FakeNode = {
  head: number
  chainId: number
  genesis: string
  /** Of the chain it is on from a height on; nodes with the same name have the same blocks. */
  fork: { name: string; from: number }
  /** What it answers before anything else; undefined to answer as usual. */
  disturb: (method: string, params: readonly unknown[]) => Reply<unknown> | Promise<Reply<unknown>> | undefined
  /** State by height, of everything: what `eth_call` and the like give. */
  state: (height: number) => unknown
  asked: { method: string; params: readonly unknown[] }[]
  connection: Connection
}

export const value = (of: unknown): Reply<unknown> => ({ is: 'value', value: of })
export const fault = (code: number, text: string): Reply<unknown> => ({ is: 'fault', fault: { code, text } })
export const failure = (reason = 'no connection or no json'): Reply<unknown> => ({ is: 'failure', reason })

export function fakeNode(change: Partial<FakeNode> = {}): FakeNode {
  const node: FakeNode = {
    ...{ head: 100, chainId: 5, genesis: 'genesis', fork: { name: 'main', from: 0 } },
    ...{ disturb: () => undefined, state: (height) => hex(height), asked: [] },
    connection: {
      host: 'node.example:8545',
      request: async (method, params) => {
        node.asked.push({ method, params })
        return (await node.disturb(method, params)) ?? answer(node, method, params)
      },
    },
    ...change,
  }
  return node
}

function answer(node: FakeNode, method: string, params: readonly unknown[]): Reply<unknown> {
  const heightOf = (tag: unknown) => (tag === undefined || tag === 'latest' ? node.head : Number(tag))
  switch (method) {
    case 'eth_chainId':
      return value(hex(node.chainId))
    case 'eth_blockNumber':
      return value(hex(node.head))
    case 'eth_getBlockByNumber':
      return value(blockOf(node, heightOf(params[0])))
    case 'eth_call':
    case 'eth_getBalance':
      return heightOf(params[1]) > node.head
        ? fault(-32000, 'header not found')
        : value(node.state(heightOf(params[1])))
    default:
      return fault(-32601, `the method ${method} does not exist`)
  }
}

function blockOf({ head, genesis, fork }: FakeNode, height: number) {
  if (height > head) return null
  if (height === 0) return { number: '0x0', hash: hashOf(genesis), timestamp: '0x0' }
  const name = height >= fork.from ? fork.name : 'main'
  return { number: hex(height), hash: hashOf(`${name} ${height}`), timestamp: hex(height * 12) }
}

/** A clock that a test sets, and the nodes behind one face. */
export function together(fakes: readonly FakeNode[], agreement?: number) {
  const clock = { ms: 0 }
  const connections = fakes.map(({ connection }) => connection)
  const pool = createPool(connections, { agreement, now: () => clock.ms })
  return { clock, ...nodesOf(pool) }
}
