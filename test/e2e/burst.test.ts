import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { setTimeout as pause } from 'node:timers/promises'
import { createTestClient, http } from 'viem'
import { exitMany, spendMany, unchallenged } from '../../devnet/drill/many-exits.ts'
import { createEnds, type Network, openNetwork, startGuard } from '../support/guarded-network.ts'

const LIMIT = 300_000

let ends = createEnds()
let network: Network
beforeEach(async () => {
  ends = createEnds()
  network = await openNetwork(ends)
}, LIMIT)
afterEach(async () => {
  await ends.run()
}, LIMIT)

async function guardAtWork() {
  const { deployment, chain, operatorUrl } = network
  const { framework, accounts } = deployment
  const guard = await startGuard(
    ends,
    {
      rootChain: { urls: [chain.url], plasmaFramework: framework },
      childChain: { url: operatorUrl },
      control: { port: 0 },
    },
    { PRIVATE_KEY: accounts.guard.privateKey },
  )
  await guard.until(({ msg }) => msg === 'guard started')
  return guard
}

const sent = (blockTag: 'latest' | 'pending') =>
  network.client.getTransactionCount({ address: network.guard.address, blockTag })

test(
  'of thirty invalid exits in three blocks each is challenged once, from one account',
  async () => {
    const spent = await spendMany(network, 30)
    const guard = await guardAtWork()
    const { exits } = await exitMany(network, spent, { blocks: 3 })
    while ((await unchallenged(network, exits)) > 0) await pause(100)
    await network.time.blocks(5)
    expect([await sent('latest'), await sent('pending')]).toEqual([30, 30])
    const keys = guard.lines.filter(({ msg }) => msg === 'transaction sent').map(({ key }) => key)
    expect(new Set(keys).size).toBe(30)
  },
  LIMIT,
)

test(
  'ten exits of one block are challenged in the next one, within two seconds of block time: no answer waits for another to be mined',
  async () => {
    const spent = await spendMany(network, 10)
    await guardAtWork()
    // Blocks wait for the guard here, however slow this machine is; what it takes by the wall clock is a bench's figure.
    const anvil = createTestClient({ mode: 'anvil', transport: http(network.chain.url) })
    await anvil.setBlockTimestampInterval({ interval: 1 })
    const { exits } = await exitMany(network, spent, { blocks: 1, stay: true })
    const started = await network.time.now()
    while ((await sent('pending')) < 10) await pause(50)
    await network.time.mine()
    expect(await unchallenged(network, exits)).toBe(0)
    expect(await sent('latest')).toBe(10)
    expect(Number((await network.time.now()) - started)).toBeLessThanOrEqual(2)
  },
  LIMIT,
)
