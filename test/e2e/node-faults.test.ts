import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mine, reorganise, revert, snapshot } from '../../devnet/chain-control.ts'
import { startDevnetChain } from '../../devnet/devnet-chain.ts'
import { readDeployment } from '../../src/chain/deployment.ts'
import { createExitGameReader } from '../../src/chain/exit-game.ts'
import { createNode } from '../../src/chain/node.ts'
import { quantity } from '../../src/chain/shapes.ts'
import { type Fault, type FaultProxy, openFaultProxy } from '../support/fault-proxy.ts'
import { createEnds, malloryCheats, type Network, openNetwork, startGuard } from '../support/guarded-network.ts'

const LIMIT = 600_000
const says = (msg: string) => (line: Readonly<Record<string, unknown>>) => line['msg'] === msg

let ends = createEnds()
let network: Network
beforeEach(async () => {
  ends = createEnds()
  network = await openNetwork(ends)
}, LIMIT)
afterEach(async () => {
  await ends.run()
}, LIMIT)

async function proxies(count: number): Promise<FaultProxy[]> {
  const opened = await Promise.all(Array.from({ length: count }, () => openFaultProxy(network.chain.url)))
  for (const proxy of opened) ends.add('proxy', proxy.close)
  return opened
}

/** A guard behind these nodes, at work. */
async function guardBehind(nodes: readonly FaultProxy[]) {
  const { framework, accounts } = network.deployment
  const rootChain = { urls: nodes.map(({ url }) => url), plasmaFramework: framework }
  const guard = await startGuard(
    ends,
    { rootChain, childChain: { url: network.operatorUrl } },
    { PRIVATE_KEY: accounts.guard.privateKey },
  )
  await guard.until(says('guard started'))
  return guard
}

/** What the contract itself says, past every proxy. */
async function exitIsOpen(exitId: bigint): Promise<boolean> {
  const node = createNode({ urls: [network.chain.url] })
  const reader = createExitGameReader(node, await readDeployment(node, network.deployment.framework))
  return (await reader.standardExit(exitId)).exitable
}

const sentByGuard = () =>
  network.client.getTransactionCount({ address: network.deployment.accounts.guard.address, blockTag: 'latest' })

/** How each of the guard's transactions in the chain ended. */
async function statusesOfGuard(): Promise<readonly string[]> {
  const { client, deployment } = network
  const guard = deployment.accounts.guard.address
  const statuses: string[] = []
  for (let number = await client.getBlockNumber({ cacheTime: 0 }); number > 0n; number--) {
    const { transactions } = await client.getBlock({ blockNumber: number, includeTransactions: true })
    for (const { from, hash } of transactions)
      if (from.toLowerCase() === guard.toLowerCase())
        statuses.push((await client.getTransactionReceipt({ hash })).status)
  }
  return statuses
}

async function untilChallenged(exitId: bigint, still: () => boolean = () => true): Promise<void> {
  while (await exitIsOpen(exitId)) {
    if (!still()) throw new Error('Nobody will challenge the exit any more.')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Until it is asked again: a node that failed is left alone for a while. After a minute the others do without it. */
async function untilTrusted({ asked }: FaultProxy): Promise<void> {
  for (let waited = 0; asked().length < 6 && waited < 600; waited++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

describe('An invalid exit is challenged exactly once', () => {
  test(
    'whatever is wrong with one of two nodes',
    async () => {
      const [bad, good] = (await proxies(2)) as [FaultProxy, FaultProxy]
      const guard = await guardBehind([bad, good])
      const faults: Fault[] = ['refused', 'reset', 'slow', 'truncated', 'stale', 'duplicated', 'reordered', 'garbage']
      for (const [at, fault] of [
        ...faults,
        'http 429' as const,
        'http 503' as const,
        'wrong chain id' as const,
      ].entries()) {
        await bad.make(fault)
        const { exitId } = await malloryCheats(network)
        const since = await network.time.height()
        await untilChallenged(exitId)
        const blocks = Number((await network.time.height()) - since)
        // Of the six hundred seconds that there are for it.
        expect({ fault, late: blocks > 90 }).toEqual({ fault, late: false })
        expect({ fault, sent: await sentByGuard() }).toEqual({ fault, sent: at + 1 })
        await bad.make('none')
        await untilTrusted(bad)
      }
      expect(guard.lines.filter(says('transaction sent'))).toHaveLength(11)
    },
    LIMIT,
  )

  test(
    'whichever of three nodes follows a fork',
    async () => {
      const nodes = await proxies(3)
      const fork = await startDevnetChain()
      ends.add('fork', fork.chain.stop)
      const guard = await guardBehind(nodes)
      for (const [at, node] of nodes.entries()) {
        const height = await createNode({ urls: [fork.chain.url] }).ask('eth_blockNumber', [], quantity)
        const ahead = Number((await network.time.height()) - height)
        if (ahead > 0) await mine(fork.chain.url, ahead)
        await node.make('forked', fork.chain.url)
        const { exitId } = await malloryCheats(network)
        await untilChallenged(exitId)
        expect(await sentByGuard()).toBe(at + 1)
        await node.make('none')
        await untilTrusted(node)
      }
      expect(guard.lines.filter(says('root chain reorganised'))).toEqual([])
    },
    LIMIT,
  )

  test(
    'though one of two nodes invents exits',
    async () => {
      const [liar, good] = (await proxies(2)) as [FaultProxy, FaultProxy]
      await guardBehind([liar, good])
      const first = await malloryCheats(network)
      await untilChallenged(first.exitId)
      liar.forge('eth_getLogs', (result) => withInvented(result as Log[]))
      await network.time.blocks(5)
      const second = await malloryCheats(network)
      await untilChallenged(second.exitId)
      await network.time.blocks(5)
      expect(await sentByGuard()).toBe(2)
    },
    LIMIT,
  )
})

type Log = { topics: string[]; logIndex: string }

/** Every log that names an exit once more, of another exit. */
function withInvented(logs: Log[]): Log[] {
  const invented = logs
    .filter(({ topics }) => topics.length === 3)
    .map((log) => ({
      ...log,
      topics: [...log.topics.slice(0, 2), `0x${'0'.repeat(60)}beef`],
      logIndex: `0x${(Number(log.logIndex) + 500).toString(16)}`,
    }))
  return [...logs, ...invented]
}

describe('While an answer is pending', () => {
  test(
    'the root chain may take back up to 64 blocks',
    async () => {
      const nodes = (await proxies(2)) as [FaultProxy, FaultProxy]
      const guard = await guardBehind(nodes)
      for (const [at, depth] of [1, 3, 16, 64].entries()) {
        for (const node of nodes) await node.make('refused')
        const { exitId } = await malloryCheats(network)
        await mine(network.chain.url, depth + 2)
        await network.time.stand()
        for (const node of nodes) await node.make('none')
        const isIt = (line: Readonly<Record<string, unknown>>) => String(line['key']).includes(String(exitId))
        await guard.until((line) => says('transaction sent')(line) && isIt(line))
        await reorganise(network.chain.url, depth)
        await network.time.go()
        await untilChallenged(exitId)
        expect({ depth, sent: await sentByGuard() }).toEqual({ depth, sent: at + 1 })
      }
    },
    LIMIT,
  )

  test(
    'the nodes may come back with an older state',
    async () => {
      const nodes = await proxies(2)
      const { mallory, bob, operator } = network
      const coin = await mallory.depositEther(10n ** 18n)
      await mallory.pay(coin, bob)
      await operator.formBlock()
      const before = await snapshot(network.chain.url)
      const guard = await guardBehind(nodes)
      await mallory.startStandardExit(coin)
      await guard.until(says('answer ended'))
      await revert(network.chain.url, before)
      expect(await sentByGuard()).toBe(0)
      const again = await mallory.startStandardExit(coin)
      await network.time.blocks(3)
      await network.time.pass(61n)
      await untilChallenged(again.exitId)
      await network.time.blocks(5)
      // What was sent in the history that is gone may come again, beside the answer to the new exit: one has effect.
      const statuses = await statusesOfGuard()
      expect(statuses.filter((status) => status === 'success')).toHaveLength(1)
      expect(statuses.length).toBeLessThanOrEqual(2)
    },
    LIMIT,
  )
})
