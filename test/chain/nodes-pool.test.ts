import { describe, expect, test } from '@jest/globals'
import { keccak256 } from 'viem'
import { z } from 'zod'
import { header, hash, hexData, quantity, transactionReceipt } from '../../src/chain/shapes.ts'
import type { Node } from '../../src/chain/node.ts'
import { failure, fakeNode, type FakeNode, fault, hashOf, together, value } from './fake-nodes.ts'

const balance = (node: Node, at = 'latest') => node.ask('eth_getBalance', ['0x', at], quantity)
const headOf = async (node: Node) => (await node.ask('eth_getBlockByNumber', ['latest', false], header)).number
const askedFor = ({ asked }: FakeNode, method: string) => asked.filter((each) => each.method === method).length
const down = () => failure()
const states = (nodes: ReturnType<typeof together>) => nodes.health().map(({ state }) => state)

describe('Of several nodes', () => {
  test('one that fails is passed over within the same question, and asked last for a while', async () => {
    const [bad, good] = [fakeNode(), fakeNode()]
    const nodes = together([bad, good])
    await headOf(nodes.pool)
    bad.disturb = (method) => (method === 'eth_getBalance' ? failure('http status 503') : undefined)
    good.state = () => '0x7'
    expect(await balance(nodes.pool)).toBe(7n)
    const times = askedFor(bad, 'eth_getBalance')
    expect(await balance(nodes.pool)).toBe(7n)
    expect(askedFor(bad, 'eth_getBalance')).toBe(times)
    expect(states(nodes)).toEqual(['down', 'up'])
    expect(nodes.health()[0]).toMatchObject({ name: '1 node.example:8545', lastFailure: 'http status 503' })
  })

  test('one that was down is back as soon as a look finds it well', async () => {
    const [first, second] = [fakeNode(), fakeNode()]
    const nodes = together([first, second])
    first.disturb = down
    expect(await headOf(nodes.pool)).toBe(100n)
    expect(states(nodes)).toEqual(['down', 'up'])
    first.disturb = () => undefined
    nodes.clock.ms += 60_000
    await headOf(nodes.pool)
    await headOf(nodes.pool)
    expect(states(nodes)).toEqual(['up', 'up'])
  })

  test('when all fail, the question fails as that of one node does', async () => {
    const fakes = [fakeNode({ disturb: down }), fakeNode({ disturb: down })]
    await expect(headOf(together(fakes).pool)).rejects.toMatchObject({
      code: 'ROOT_CHAIN_UNAVAILABLE',
      retryable: true,
    })
  })

  test('a revert is an answer: no other is asked, and it is held against nobody', async () => {
    const fakes = [fakeNode(), fakeNode()]
    for (const fake of fakes)
      fake.disturb = (method) => (method === 'eth_call' ? fault(3, 'execution reverted: no') : undefined)
    const nodes = together(fakes)
    await expect(nodes.pool.ask('eth_call', [{}, 'latest'], hexData)).rejects.toMatchObject({ reason: 'no' })
    expect(fakes.map((fake) => askedFor(fake, 'eth_call')).sort()).toEqual([0, 1])
    expect(states(nodes)).toEqual(['up', 'up'])
  })

  test('garbage is a failure: the next one is asked', async () => {
    const garbled = fakeNode({ disturb: (method) => (method === 'eth_getBalance' ? value({ no: 1 }) : undefined) })
    const nodes = together([garbled, fakeNode({ state: () => '0x5' })])
    expect(await balance(nodes.pool)).toBe(5n)
  })

  test('one that says "too many requests" is left alone, longer each time', async () => {
    const limiting = fakeNode()
    const nodes = together([limiting, fakeNode()])
    await headOf(nodes.pool)
    limiting.disturb = () => failure('http status 429')
    await headOf(nodes.pool)
    const pauses: number[] = []
    for (let round = 0; round < 4; round++) {
      const [before, since] = [limiting.asked.length, nodes.clock.ms]
      while (limiting.asked.length === before) {
        nodes.clock.ms += 500
        await headOf(nodes.pool)
      }
      pauses.push(nodes.clock.ms - since)
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000])
    expect(states(nodes)).toEqual(['throttled', 'up'])
    limiting.disturb = () => fault(-32005, 'daily request count exceeded, request rate limited')
    nodes.clock.ms += 60_000
    await headOf(nodes.pool)
    expect(states(nodes)).toEqual(['throttled', 'up'])
  })
})

describe('What is read at the newest block', () => {
  test('never comes from a node that does not have the block that was handed out', async () => {
    const [ahead, behind] = [fakeNode({ head: 105 }), fakeNode({ head: 100, state: () => '0x0' })]
    const nodes = together([behind, ahead])
    expect(await headOf(nodes.pool)).toBe(105n)
    expect(await balance(nodes.pool)).toBe(105n)
    expect(await balance(nodes.agreed)).toBe(105n)
    expect(states(nodes)).toEqual(['lagging', 'up'])
    expect(nodes.health()[0]).toMatchObject({ head: 100n, lag: 5n })
  })

  test('is no answer while the only node that had the block is gone, until another has it', async () => {
    const [ahead, behind] = [fakeNode({ head: 105 }), fakeNode({ head: 100 })]
    const nodes = together([ahead, behind])
    await headOf(nodes.pool)
    ahead.disturb = down
    await expect(headOf(nodes.pool)).rejects.toMatchObject({ code: 'ROOT_CHAIN_UNAVAILABLE' })
    behind.head = 105
    expect(await headOf(nodes.pool)).toBe(105n)
  })

  test('is of the shorter chain when no node shows the longer one any more, or after a time', async () => {
    const [first, second] = [fakeNode({ head: 105 }), fakeNode({ head: 105 })]
    const nodes = together([first, second])
    await headOf(nodes.pool)
    first.head = second.head = 90
    expect(await headOf(nodes.pool)).toBe(90n)
    first.head = second.head = 95
    await headOf(nodes.pool)
    first.disturb = down
    second.head = 92
    await expect(headOf(nodes.pool)).rejects.toMatchObject({ code: 'ROOT_CHAIN_UNAVAILABLE' })
    nodes.clock.ms += 15_001
    expect(await headOf(nodes.pool)).toBe(92n)
  })

  test('waits for the second of two that are one block apart, and not for one that has stopped', async () => {
    const [first, second] = [fakeNode({ head: 101 }), fakeNode({ head: 100 })]
    const nodes = together([first, second])
    expect(await headOf(nodes.pool)).toBe(100n)
    first.head = 102
    expect(await headOf(nodes.pool)).toBe(102n)
  })

  test('of three nodes, is not taken from one that runs ahead alone', async () => {
    const liar = fakeNode({ head: 999_999, state: () => '0xbad' })
    const nodes = together([liar, fakeNode(), fakeNode()])
    expect(await headOf(nodes.pool)).toBe(100n)
    expect(await balance(nodes.agreed)).toBe(100n)
  })
})

describe('A node on another chain', () => {
  test.each([
    ['by its chain id', { chainId: 6 }],
    ['by its first block', { genesis: 'other' }],
  ])('%s is shut out, and said to be', async (_, change) => {
    const stranger = fakeNode({ head: 500, state: () => '0xbad', ...change })
    const nodes = together([fakeNode(), stranger, fakeNode()])
    expect(await headOf(nodes.pool)).toBe(100n)
    expect(states(nodes)).toEqual(['up', 'wrong_chain', 'up'])
    expect(askedFor(stranger, 'eth_getBalance')).toBe(0)
  })

  test('is so when it changes later, and no longer when it is back', async () => {
    const [first, second] = [fakeNode(), fakeNode()]
    const nodes = together([first, second])
    await headOf(nodes.pool)
    first.chainId = 6
    nodes.clock.ms += 10_000
    await headOf(nodes.pool)
    expect(states(nodes)).toEqual(['wrong_chain', 'up'])
    first.chainId = 5
    nodes.clock.ms += 10_000
    await headOf(nodes.pool)
    expect(states(nodes)).toEqual(['up', 'up'])
  })

  test('alone leaves nobody to ask', async () => {
    const only = fakeNode()
    const nodes = together([only, fakeNode({ disturb: down })])
    await headOf(nodes.pool)
    only.chainId = 6
    nodes.clock.ms += 10_000
    await expect(headOf(nodes.pool)).rejects.toMatchObject({ reason: 'no node of the right chain answers' })
  })

  test('of a fork is outvoted by the others', async () => {
    const forked = fakeNode({ fork: { name: 'fork', from: 50 }, state: () => '0xbad' })
    const nodes = together([forked, fakeNode(), fakeNode()])
    const block = await nodes.pool.ask('eth_getBlockByNumber', ['latest', false], header)
    expect(block.hash).toBe(hashOf('main 100'))
    expect(await balance(nodes.pool)).toBe(100n)
    expect(await balance(nodes.agreed)).toBe(100n)
    expect(states(nodes)).toEqual(['forked', 'up', 'up'])
  })

  test('of a fork is not followed when the others fail once', async () => {
    const stumble = { next: false }
    const honest = () => {
      let falls = 0
      return fakeNode({ disturb: () => (stumble.next && falls++ === 0 ? failure('timeout') : undefined) })
    }
    const nodes = together([fakeNode({ fork: { name: 'fork', from: 50 } }), honest(), honest()])
    const newest = () => nodes.pool.ask('eth_getBlockByNumber', ['latest', false], z.looseObject({ hash: z.string() }))
    expect((await newest()).hash).toBe(hashOf('main 100'))
    stumble.next = true
    expect((await newest()).hash).toBe(hashOf('main 100'))
  })

  test('of a fork and one other cannot be told apart: nothing is answered', async () => {
    const nodes = together([fakeNode({ fork: { name: 'fork', from: 50 } }), fakeNode()])
    for (const node of [nodes.pool, nodes.agreed, nodes.pool])
      await expect(headOf(node)).rejects.toMatchObject({ code: 'NODES_DISAGREE', retryable: true })
    expect(nodes.areDivided()).toBe(true)
    nodes.clock.ms += 120_000
    expect(nodes.areDivided()).toBe(false)
  })
})

describe('What cannot be taken back', () => {
  test('is read of one and the same block, by its number', async () => {
    const [first, second] = [fakeNode({ head: 101 }), fakeNode({ head: 100 })]
    const nodes = together([first, second])
    expect(await balance(nodes.agreed)).toBe(100n)
    for (const { asked } of [first, second])
      expect(asked.filter(({ method }) => method === 'eth_getBalance').map(({ params }) => params[1])).toEqual(['0x64'])
  })

  test('waits when two nodes say different things of a block', async () => {
    const nodes = together([fakeNode({ state: () => '0xbad' }), fakeNode()])
    await expect(balance(nodes.agreed)).rejects.toMatchObject({ code: 'NODES_DISAGREE', retryable: true })
    expect(nodes.areDivided()).toBe(false)
    await expect(balance(nodes.agreed)).rejects.toMatchObject({ code: 'NODES_DISAGREE' })
    expect(nodes.areDivided()).toBe(true)
  })

  test('is what two of three say', async () => {
    for (const at of [0, 1, 2]) {
      const fakes = [0, 1, 2].map((index) => fakeNode(index === at ? { state: () => '0xbad' } : {}))
      expect(await balance(together(fakes).agreed)).toBe(100n)
    }
  })

  test('with one of two nodes down rests on the other, unless the configuration demands two', async () => {
    const fakes = () => [fakeNode({ disturb: down }), fakeNode()]
    expect(await balance(together(fakes()).agreed)).toBe(100n)
    const strict = together(fakes(), 2)
    await expect(balance(strict.agreed)).rejects.toMatchObject({ code: 'ROOT_CHAIN_UNAVAILABLE' })
    await expect(headOf(strict.pool)).rejects.toMatchObject({ reason: 'too few nodes answer' })
  })

  test('a refusal of the contract is agreed on whatever words the nodes have for it; one of them alone is not', async () => {
    const refusing = (text: string) =>
      fakeNode({ disturb: (method) => (method === 'eth_call' ? fault(3, text) : undefined) })
    const call = (node: Node) => node.ask('eth_call', [{}, 'latest'], quantity)
    const same = together([refusing('execution reverted'), refusing('VM execution error.')])
    await expect(call(same.agreed)).rejects.toMatchObject({ code: 'CONTRACT_REVERTED' })
    const divided = together([refusing('execution reverted'), fakeNode()])
    await expect(call(divided.agreed)).rejects.toMatchObject({ code: 'NODES_DISAGREE' })
  })

  test('the dearer estimate counts, at the same block', async () => {
    const estimating = (gas: string) =>
      fakeNode({ disturb: (method) => (method === 'eth_estimateGas' ? value(gas) : undefined) })
    const [cheap, dear] = [estimating('0x10'), estimating('0x20')]
    expect(await together([cheap, dear]).agreed.ask('eth_estimateGas', [{}], quantity)).toBe(32n)
    expect(cheap.asked.find(({ method }) => method === 'eth_estimateGas')?.params).toEqual([{}, '0x64'])
  })

  test('a receipt counts when enough nodes have it, of a block that enough nodes have', async () => {
    const txHash = hashOf('transaction')
    const mined = (blockNumber: string | null) =>
      fakeNode({
        disturb: (method) =>
          method === 'eth_getTransactionReceipt'
            ? value(blockNumber && { transactionHash: txHash, blockNumber, status: '0x1', logs: [] })
            : undefined,
      })
    const receipt = (fakes: FakeNode[]) =>
      together(fakes).agreed.ask('eth_getTransactionReceipt', [txHash], transactionReceipt.nullable())
    expect(await receipt([mined('0x64'), mined('0x64')])).toMatchObject({ blockNumber: 100n })
    await expect(receipt([mined('0x64'), mined(null)])).rejects.toMatchObject({ code: 'NODES_DISAGREE' })
    const early = { ...mined('0x65'), head: 101 }
    expect(await receipt([early, mined(null)])).toBeNull()
  })
})

describe('A transaction', () => {
  const raw = '0x02'
  const taking = (reply: ReturnType<typeof value>) =>
    fakeNode({ disturb: (method) => (method === 'eth_sendRawTransaction' ? reply : undefined) })
  const accepted = () => taking(value(hashOf('tx')))

  test('is given to every node, and taken when one takes it', async () => {
    const fakes = [taking(failure()), taking(fault(-32000, 'txpool is full')), accepted()]
    for (const node of ['pool', 'agreed'] as const) {
      const nodes = together(fakes)
      expect(await nodes[node].attempt('eth_sendRawTransaction', [raw], hash)).toMatchObject({ ok: true })
    }
    expect(fakes.map((fake) => askedFor(fake, 'eth_sendRawTransaction'))).toEqual([2, 2, 2])
  })

  test('that a node has in a block already is taken, though its nonce is used up', async () => {
    const txHash = keccak256(raw)
    const having = (found: string) =>
      fakeNode({
        disturb: (method) => {
          if (method === 'eth_sendRawTransaction') return fault(-32000, 'nonce too low')
          return method === 'eth_getTransactionByHash' ? value({ hash: found }) : undefined
        },
      })
    const low = () => taking(fault(-32000, 'nonce too low'))
    const had = await together([low(), having(txHash)]).agreed.attempt('eth_sendRawTransaction', [raw], hash)
    expect(had).toEqual({ ok: true, value: txHash })
    const other = await together([low(), having(hashOf('other'))]).agreed.attempt('eth_sendRawTransaction', [raw], hash)
    expect(other).toMatchObject({ ok: false })
  })

  test('that a node refuses is not held against the node', async () => {
    const nodes = together([taking(fault(-32000, 'nonce too low')), accepted()])
    await nodes.pool.attempt('eth_sendRawTransaction', [raw], hash)
    expect(states(nodes)).toEqual(['up', 'up'])
  })
})
