import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readDeployment } from '../../src/chain/deployment.ts'
import { createExitGameReader } from '../../src/chain/exit-game.ts'
import { createNode } from '../../src/chain/node.ts'
import { type Fault, openFaultProxy } from '../support/fault-proxy.ts'
import {
  createEnds,
  malloryCheats,
  type Network,
  openNetwork,
  startGuard,
  startWatcher,
} from '../support/guarded-network.ts'

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

/** A guard that listens to a Watcher alone, and what stands between the two. */
async function listeningGuard() {
  const { framework, accounts } = network.deployment
  const rootChain = { urls: [network.chain.url], plasmaFramework: framework }
  const watcher = await startWatcher(ends, { rootChain, childChain: { url: network.operatorUrl }, mode: 'observe' })
  const { url } = await watcher.until(says('watcher started'))
  const proxy = await openFaultProxy(String(url))
  ends.add('proxy', proxy.close)
  const guard = await startGuard(
    ends,
    { rootChain, watcher: { url: proxy.url } },
    { PRIVATE_KEY: accounts.guard.privateKey },
  )
  await guard.until(says('guard started'))
  return { guard, proxy }
}

/** What the contract itself says. */
async function untilChallenged(exitId: bigint): Promise<void> {
  const node = createNode({ urls: [network.chain.url] })
  const reader = createExitGameReader(node, await readDeployment(node, network.deployment.framework))
  while ((await reader.standardExit(exitId)).exitable) await new Promise((resolve) => setTimeout(resolve, 200))
}

const sentByGuard = () =>
  network.client.getTransactionCount({ address: network.deployment.accounts.guard.address, blockTag: 'latest' })

/** Long enough for the guard to have looked through the fault more than once. */
const FAULT_MS = 4_000

describe('An invalid exit is challenged exactly once', () => {
  test(
    'whatever was wrong with the way to the Watcher, as soon as it is right again',
    async () => {
      const { guard, proxy } = await listeningGuard()
      const faults: Fault[] = ['refused', 'reset', 'slow', 'truncated', 'duplicated', 'reordered', 'garbage']
      for (const [at, fault] of [...faults, 'http 429' as const, 'http 503' as const].entries()) {
        await proxy.make(fault)
        const { exitId } = await malloryCheats(network)
        await new Promise((resolve) => setTimeout(resolve, FAULT_MS))
        await proxy.make('none')
        await untilChallenged(exitId)
        expect({ fault, sent: await sentByGuard() }).toEqual({ fault, sent: at + 1 })
      }
      expect(guard.lines.filter(says('transaction sent'))).toHaveLength(9)
    },
    LIMIT,
  )
})
