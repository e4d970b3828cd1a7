import { describe, expect, test } from '@jest/globals'
import { silentLogger } from '../../src/lib/logger.ts'
import { ETH, type Address, type Hash, type Wei } from '../../src/plasma/units.ts'
import { createRootChainSync } from '../../src/watcher/root-chain-sync.ts'
import { RootChainMovedError } from '../../src/watcher/root-chain-moved.ts'
import { temporaryFacts } from '../support/facts.ts'
import { fakeRootChain, type Said } from './fake-root-chain.ts'

const alice = `0x${'a1'.repeat(20)}` as Address
const deposit = (blknum: bigint): Said => ({
  type: 'DepositCreated',
  blknum,
  depositor: alice,
  token: ETH,
  amount: 10n as Wei,
})
const root = (digit: string) => `0x${digit.repeat(64)}` as Hash

function setUp(settings: { firstBlock?: bigint; marginBlocks?: bigint } = {}) {
  const chain = fakeRootChain()
  const facts = temporaryFacts()
  const ports = { rootChain: chain.port, facts, log: silentLogger }
  const sync = createRootChainSync(ports, { firstBlock: 0n, marginBlocks: 0n, finalityBlocks: 64n, ...settings })
  const deposits = () =>
    facts.eventsFrom(0n).flatMap((event) => (event.type === 'DepositCreated' ? [Number(event.blknum)] : []))
  return { chain, facts, sync, deposits }
}

describe('reading the root chain', () => {
  test('brings every event once, in the order of the chain', async () => {
    const { chain, sync, deposits } = setUp()
    chain.mine(deposit(1n), deposit(2n))
    await sync()
    chain.mine(deposit(3n))
    await sync()
    await sync()
    expect(deposits()).toEqual([1, 2, 3])
  })

  test('stays behind the head by its margin', async () => {
    const { chain, sync, deposits } = setUp({ marginBlocks: 3n })
    chain.mine(deposit(1n))
    chain.wait(2)
    await sync()
    expect(deposits()).toEqual([])
    chain.wait(1)
    await sync()
    expect(deposits()).toEqual([1])
  })

  test('begins where the contracts do', async () => {
    const { chain, sync, deposits } = setUp({ firstBlock: 2n })
    chain.mine(deposit(1n))
    chain.mine(deposit(2n))
    expect(await sync()).toMatchObject({ complete: true })
    expect(deposits()).toEqual([2])
  })

  test('is complete with nothing read while the head is below the first block', async () => {
    const { chain, sync, facts } = setUp({ firstBlock: 10n })
    expect(await sync()).toEqual({ head: chain.head(), complete: true, notices: [] })
    expect(facts.tips()).toEqual([])
  })

  test('goes range by range and says when it has arrived', async () => {
    const { chain, sync } = setUp()
    chain.wait(3_500)
    expect(await sync()).toMatchObject({ complete: false })
    expect(await sync()).toMatchObject({ complete: false })
    expect(await sync()).toMatchObject({ complete: true })
  })

  test('asks for less after a failure', async () => {
    const { chain, sync } = setUp()
    chain.wait(3_500)
    chain.breakDown()
    await expect(sync()).rejects.toThrow('the node does not answer')
    chain.recover()
    const { port } = chain
    const events = port.events
    port.events = () => Promise.reject(new Error('range too wide'))
    await expect(sync()).rejects.toThrow('range too wide')
    port.events = events
    await sync()
    expect(chain.asked.filter((name) => name.startsWith('events'))).toEqual(['events 0-499'])
  })

  test('keeps the record of every submitted block', async () => {
    const { chain, sync, facts } = setUp()
    chain.submit(1000n, root('c'))
    await sync()
    expect(facts.submitted(1000n)).toEqual({ root: root('c'), timestamp: chain.head()?.timestamp })
    expect(facts.submitted(2000n)).toBeUndefined()
  })

  test('takes nothing when the framework does not know the block that was just announced', async () => {
    const { chain, sync, facts } = setUp()
    chain.mine({ type: 'BlockSubmitted', blknum: 1000n })
    await expect(sync()).rejects.toThrow(RootChainMovedError)
    expect(facts.eventsFrom(0n)).toEqual([])
  })

  test('reports an event that cannot be completed, and reads on', async () => {
    const { chain, sync, facts, deposits } = setUp()
    chain.unreadable({ txHash: root('d'), what: 'exit started through another contract' })
    chain.mine(deposit(1n))
    await sync()
    await sync()
    chain.mine(deposit(2n))
    await sync()
    expect(deposits()).toEqual([1, 2])
    expect(facts.unreadable()).toEqual([
      { blockNumber: 1n, txHash: root('d'), what: 'exit started through another contract' },
    ])
  })
})

describe('when the root chain takes blocks back', () => {
  test('what stood on them is taken back, and what replaced them is read', async () => {
    const { chain, sync, facts, deposits } = setUp()
    chain.mine(deposit(1n))
    await sync()
    chain.mine(deposit(2n))
    chain.submit(1000n, root('c'))
    await sync()
    chain.reorganise(2)
    chain.mine()
    chain.mine(deposit(3n))
    await sync()
    expect(deposits()).toEqual([1, 3])
    expect(facts.submitted(1000n)).toBeUndefined()
    expect(facts.generation()).toBe(1)
  })

  test('a block submitted again is found with its new record', async () => {
    const { chain, sync, facts } = setUp()
    chain.submit(1000n, root('c'))
    await sync()
    chain.reorganise(1)
    chain.wait(1)
    chain.submit(1000n, root('e'))
    await sync()
    expect(facts.submitted(1000n)?.root).toBe(root('e'))
    expect(facts.eventsFrom(0n)).toHaveLength(1)
  })

  test('a deep reorganisation goes back to the newest reading that still stands', async () => {
    const { chain, sync, deposits } = setUp()
    for (let blknum = 1n; blknum <= 40n; blknum++) {
      chain.mine(deposit(blknum))
      await sync()
    }
    chain.reorganise(6)
    for (let blknum = 101n; blknum <= 140n; blknum++) chain.mine(deposit(blknum))
    await sync()
    await sync()
    expect(deposits().slice(0, 7)).toEqual([1, 2, 3, 4, 5, 101, 102])
    expect(deposits()).toHaveLength(45)
  })

  test('another chain from its very first block is read from the start', async () => {
    const { chain, sync, deposits } = setUp()
    chain.mine(deposit(1n))
    await sync()
    chain.reorganise(0)
    chain.mine()
    chain.mine(deposit(7n))
    await sync()
    expect(deposits()).toEqual([7])
  })

  test('a node that is merely behind takes nothing away', async () => {
    const { chain, sync, deposits } = setUp()
    chain.mine(deposit(1n))
    await sync()
    chain.mine(deposit(2n))
    await sync()
    const { port } = chain
    const head = port.head
    port.head = async () => (await port.block(1n)) ?? head()
    await sync()
    expect(deposits()).toEqual([1, 2])
  })

  test('a chain that stays shorter than it was has lost its end', async () => {
    const { chain, sync, deposits } = setUp()
    chain.mine(deposit(1n))
    await sync()
    chain.mine(deposit(2n))
    chain.wait(5)
    await sync()
    chain.reorganise(2)
    chain.wait(1)
    for (let look = 1; look < 8; look++) await sync()
    expect(deposits()).toEqual([1, 2])
    await sync()
    expect(deposits()).toEqual([1])
    chain.mine(deposit(3n))
    await sync()
    expect(deposits()).toEqual([1, 3])
  })

  test('a change in the middle of a reading leaves everything as it was', async () => {
    const { chain, sync, facts, deposits } = setUp()
    chain.mine(deposit(1n))
    await sync()
    chain.mine(deposit(2n))
    const { port } = chain
    const events = port.events
    port.events = async (from, to) => {
      const read = await events(from, to)
      chain.reorganise(2)
      chain.mine(deposit(3n))
      return read
    }
    await expect(sync()).rejects.toThrow(RootChainMovedError)
    expect(deposits()).toEqual([1])
    expect(facts.generation()).toBe(0)
    port.events = events
    await sync()
    expect(deposits()).toEqual([1, 3])
  })

  test('a log that a lagging node left out is found later', async () => {
    const { chain, sync, deposits } = setUp()
    chain.mine(deposit(1n))
    chain.mine(deposit(2n))
    const hidden = chain.hide(1)
    await sync()
    expect(deposits()).toEqual([2])
    chain.show(1, hidden)
    chain.wait(1)
    await sync()
    expect(deposits()).toEqual([1, 2])
  })
})
