import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { readDeployment } from '../../src/chain/deployment.ts'
import { createLogReader } from '../../src/chain/logs.ts'
import { createNode, type Node, RootChainUnavailableError } from '../../src/chain/node.ts'
import { hexData, quantity } from '../../src/chain/shapes.ts'
import type { Address } from '../../src/plasma/units.ts'
import { answering, type Behaviour, type HttpServer, startServer } from './http-server.ts'

let server: HttpServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server.close()
})
beforeEach(() => {
  server.behave(answering('{"jsonrpc":"2.0","id":1,"result":"0x10"}'))
})

const node = (timeoutMs = 20_000) => createNode({ urls: [`${server.url}/v3/secret-token`], timeoutMs })
const refusing = (code: number, message: string, data?: string): Behaviour =>
  answering(JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code, message, data } }))
const height = (from: Node) => from.ask('eth_blockNumber', [], quantity)

describe('A node that does not answer', () => {
  test.each<[string, Behaviour, string]>([
    ['garbage', answering('<html>secret-token</html>'), 'no connection or no json'],
    ['an error page', (_, response) => response.writeHead(503).end('<h1>secret-token</h1>'), 'http status 503'],
    ['a closed door', (_, response) => response.destroy(), 'no connection or no json'],
    ['another type of result', answering('{"jsonrpc":"2.0","id":1,"result":{"a":1}}'), 'malformed answer'],
    ['no result', answering('{"jsonrpc":"2.0","id":1}'), 'malformed answer'],
    ['a number that is none', answering('{"jsonrpc":"2.0","id":1,"result":"0x"}'), 'malformed answer'],
    ['a refusal', refusing(-32005, 'go away, https://example.com/secret-token'), 'rpc error -32005'],
    ['a refusal without shape', answering('{"jsonrpc":"2.0","id":1,"error":"no"}'), 'rpc error 0'],
  ])('%s: to be tried again, and no secret in the error', async (_, behaviour, reason) => {
    server.behave(behaviour)
    const error: unknown = await height(node()).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'ROOT_CHAIN_UNAVAILABLE', retryable: true, reason })
    expect(inspect(error, { depth: 9 })).not.toContain('secret-token')
  })

  test('silence ends after the time that it is given', async () => {
    server.behave(() => undefined)
    await expect(height(node(60))).rejects.toMatchObject({ reason: 'timeout' })
    server.behave((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"jsonrpc"')
    })
    await expect(height(node(60))).rejects.toMatchObject({ reason: 'timeout' })
  })
})

test('A revert is an answer, with the reason that the contract gave', async () => {
  server.behave(refusing(3, 'execution reverted: Reentrant call', '0x'))
  await expect(node().ask('eth_call', [], hexData)).rejects.toMatchObject({
    code: 'CONTRACT_REVERTED',
    retryable: false,
    reason: 'Reentrant call',
  })
})

describe('A wrong address', () => {
  const framework = `0x${'f'.repeat(40)}` as Address
  const fake = (code: string, version: () => string): Node => {
    const say = (method: string): unknown => {
      if (method === 'eth_getCode') return code
      if (method === 'eth_call') return version()
      throw new RootChainUnavailableError(method, 'timeout')
    }
    return {
      ask: async (method, _, shape) => shape.parse(say(method)),
      attempt: async (method, _, shape) => ({ ok: true, value: shape.parse(say(method)) }),
    }
  }
  const text = (value: string) => {
    const bytes = Buffer.from(value)
    const word = (number: number) => number.toString(16).padStart(64, '0')
    return `0x${word(32)}${word(bytes.length)}${bytes.toString('hex').padEnd(64, '0')}`
  }

  test('where no contract is', async () => {
    await expect(
      readDeployment(
        fake('0x', () => '0x'),
        framework,
      ),
    ).rejects.toMatchObject({
      code: 'NO_PLASMA_FRAMEWORK',
      retryable: false,
    })
  })

  test('where another contract is', async () => {
    await expect(
      readDeployment(
        fake('0x01', () => '0x'),
        framework,
      ),
    ).rejects.toMatchObject({ code: 'NO_PLASMA_FRAMEWORK' })
  })

  test.each(['2.0.0+abc', '1.1.0', '0.2.0', '11.0.4', '1.0', 'latest'])(
    'where contracts of version %s are',
    async (version) => {
      await expect(
        readDeployment(
          fake('0x01', () => text(version)),
          framework,
        ),
      ).rejects.toMatchObject({
        code: 'UNSUPPORTED_CONTRACTS',
        facts: { version, framework },
      })
    },
  )

  test('but a node that fails is not a wrong address', async () => {
    const failing = fake('0x01', () => {
      throw new RootChainUnavailableError('eth_call', 'timeout')
    })
    await expect(readDeployment(failing, framework)).rejects.toMatchObject({
      code: 'ROOT_CHAIN_UNAVAILABLE',
      retryable: true,
    })
  })
})

describe('Logs of many blocks', () => {
  const game = `0x${'a'.repeat(40)}` as Address
  const hash = (number: number) => `0x${number.toString(16).padStart(64, '0')}`
  const log = (block: number, index = 0, change: object = {}) => ({
    address: game,
    topics: [hash(1)],
    data: '0x',
    blockNumber: `0x${block.toString(16)}`,
    blockHash: hash(block),
    transactionHash: hash(block + 1000),
    logIndex: `0x${index.toString(16)}`,
    removed: false,
    ...change,
  })
  type Filter = { fromBlock: string; toBlock: string }

  /** A node with one log in each block, that gives at most `most` blocks at a time. */
  function stingy(most: number, logsOf: (block: number) => object[] = (block) => [log(block)]) {
    const asked: [number, number][] = []
    const attempt: Node['attempt'] = async (_, params, shape) => {
      const { fromBlock, toBlock } = params[0] as Filter
      const [from, to] = [Number(fromBlock), Number(toBlock)]
      asked.push([from, to])
      if (to - from + 1 > most)
        return { ok: false, fault: { code: -32005, text: 'query returned more than 10000 results' } }
      const blocks = Array.from({ length: to - from + 1 }, (_each, at) => from + at)
      const parsed = shape.safeParse(blocks.flatMap(logsOf))
      if (!parsed.success) throw new RootChainUnavailableError('eth_getLogs', 'malformed answer')
      return { ok: true, value: parsed.data }
    }
    return { asked, node: { attempt, ask: async () => Promise.reject(new Error('not asked')) } satisfies Node }
  }
  const query = { addresses: [game], from: 1n, to: 100n }

  test('are asked for in ranges that the node bears, and none is lost', async () => {
    for (const most of [1, 7, 32, 1000]) {
      const { node: poor, asked } = stingy(most)
      const logs = await createLogReader(poor)(query)
      expect(logs.map(({ blockNumber }) => Number(blockNumber))).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
      expect(asked.length).toBeLessThan(2 * Math.ceil(100 / most) * 4 + 20)
    }
  })

  test('are sorted, each once, and those of abandoned blocks are left out one by one', async () => {
    const { node: odd } = stingy(1000, (block) =>
      block > 3
        ? []
        : [
            log(block, 2),
            log(block, 1),
            log(block, 1),
            log(block, 0, { removed: true }),
            log(block, 3, { removed: true, blockNumber: null, logIndex: null }),
          ],
    )
    const logs = await createLogReader(odd)(query)
    expect(logs.map(({ blockNumber, logIndex }) => [Number(blockNumber), logIndex])).toEqual(
      [1, 2, 3].flatMap((block) => [1, 2].map((index) => [block, index])),
    )
  })

  test.each([
    ['of another contract', { address: `0x${'b'.repeat(40)}` }],
    ['of another block', { blockNumber: '0x1ff' }],
    ['of no block', { blockNumber: null }],
    ['with five topics', { topics: Array.from({ length: 5 }, () => hash(1)) }],
    ['with half a byte', { data: '0x1' }],
  ])('%s are not believed', async (_, change) => {
    const { node: lying } = stingy(1000, (block) => (block === 50 ? [log(block, 0, change)] : []))
    await expect(createLogReader(lying)(query)).rejects.toMatchObject({ code: 'ROOT_CHAIN_UNAVAILABLE' })
  })

  test('of one block that is too much cannot be had: told, not left out', async () => {
    const { node: hopeless } = stingy(0)
    await expect(createLogReader(hopeless)(query)).rejects.toMatchObject({ code: 'ROOT_CHAIN_UNAVAILABLE' })
  })
})
