import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { type Chain, startChain } from '../../devnet/chain.ts'
import { createNode } from '../../src/chain/node.ts'
import { createNodes } from '../../src/chain/nodes.ts'
import { hexData, quantity } from '../../src/chain/shapes.ts'
import { layLine } from '../support/line.ts'

let chain: Chain
beforeAll(async () => {
  chain = await startChain({ mining: 'transactions' })
})
afterAll(() => chain.stop())

const asWebSocket = (url: string) => `${url.replace('http', 'ws')}/?key=secret-token`
const height = (node: ReturnType<typeof createNode>) => node.ask('eth_blockNumber', [], quantity)

describe('A node behind a WebSocket', () => {
  test('answers and refuses as one behind HTTP does', async () => {
    const node = createNode({ urls: [asWebSocket(chain.url)] })
    expect(await height(node)).toBe(0n)
    const reverting = { data: '0x600080fd' }
    await expect(node.ask('eth_call', [reverting, 'latest'], hexData)).rejects.toMatchObject({
      code: 'CONTRACT_REVERTED',
    })
    await expect(node.ask('eth_noSuchThing', [], hexData)).rejects.toMatchObject({ code: 'ROOT_CHAIN_UNAVAILABLE' })
  })

  test('fails while the connection is lost, with no word of its address, and answers again after it', async () => {
    const line = await layLine(() => chain.url)
    try {
      const node = createNode({ urls: [asWebSocket(line.url)] })
      expect(await height(node)).toBe(0n)
      await line.cut()
      const error: unknown = await height(node).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 'ROOT_CHAIN_UNAVAILABLE', retryable: true })
      expect(JSON.stringify(error) + String(error)).not.toContain('secret-token')
      await expect(height(node)).rejects.toMatchObject({ code: 'ROOT_CHAIN_UNAVAILABLE' })
      await line.mend()
      for (;;) {
        const answer = await height(node).catch(() => undefined)
        if (answer === 0n) break
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    } finally {
      await line.close()
    }
  })

  test('that never opens is given up after its time', async () => {
    const sockets: Socket[] = []
    const mute: Server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const address = mute.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const node = createNode({ urls: [`ws://127.0.0.1:${String(port)}`], timeoutMs: 200 })
    await expect(height(node)).rejects.toMatchObject({ code: 'ROOT_CHAIN_UNAVAILABLE' })
    for (const socket of sockets) socket.destroy()
    mute.close()
  })

  test('is one of several, and its credentials are not shown', async () => {
    const nodes = createNodes({ urls: [asWebSocket(chain.url), `${chain.url}/?key=secret-token`] })
    expect(await height(nodes.pool)).toBe(0n)
    const names = nodes.health().map(({ name, state }) => `${name} ${state}`)
    const { host } = new URL(chain.url)
    expect(names).toEqual([`1 ${host} up`, `2 ${host} up`])
  })
})
