import { createRequire } from 'node:module'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { toHex } from '../../src/lib/bytes.ts'
import { createEnds, malloryCheats, type Network, openNetwork, startWatcher } from '../support/guarded-network.ts'

/** What this test calls of the published client, which has no types. Large integers come as BN. */
type ChildChain = {
  status: () => Promise<{ byzantine_events: { event: string; details: Record<string, unknown> }[] }>
  getExitData: (utxo: { blknum: number; txindex: number; oindex: number }) => Promise<Record<string, unknown>>
  getChallengeData: (utxoPos: number) => Promise<Record<string, unknown>>
  submitTransaction: (signedTx: string) => Promise<Record<string, unknown>>
}
const ChildChain = createRequire(import.meta.url)('@omisego/omg-js-childchain') as new (settings: object) => ChildChain

const LIMIT = 120_000
const ends = createEnds()
let network: Network
let client: ChildChain

beforeAll(async () => {
  network = await openNetwork(ends)
  const { framework } = network.deployment
  const watcherUrl = await startWatcher(ends, {
    rootChain: { urls: [network.chain.url], plasmaFramework: framework },
    childChain: { url: network.operatorUrl },
  })
  client = new ChildChain({ watcherUrl, plasmaContractAddress: framework })
}, LIMIT)
afterAll(async () => {
  await ends.run()
}, LIMIT)

describe("the published client, on our watcher's API", () => {
  test(
    'sees the invalid exit and is given what challenges it',
    async () => {
      const { coin, exitId } = await malloryCheats(network)
      let events = (await client.status()).byzantine_events
      while (events.length === 0) {
        await pause(200)
        events = (await client.status()).byzantine_events
      }
      expect(events).toMatchObject([{ event: 'invalid_exit', details: { owner: network.mallory.address } }])
      const data = await client.getChallengeData(Number(coin.utxoPos))
      expect(String(data['exit_id'])).toBe(exitId.toString())
      expect(data).toMatchObject({ exiting_tx: toHex(coin.creator), input_index: 0 })
    },
    LIMIT,
  )

  test(
    'submits a payment, and gets the exit data of what it paid',
    async () => {
      const { alice, bob, operator } = network
      const coin = await alice.depositEther(10n ** 18n)
      const payment = alice.sign([coin], [{ to: bob.address, amount: coin.amount }])
      const submit = () => client.submitTransaction(toHex(payment.bytes)).catch((error: unknown) => String(error))
      let submitted = await submit()
      // The operator takes a deposit once it is deep enough.
      for (; typeof submitted === 'string'; submitted = await submit()) await pause(200)
      await operator.formBlock()
      const blknum = Number(submitted['blknum'])
      const ask = () =>
        client.getExitData({ blknum, txindex: Number(submitted['txindex']), oindex: 0 }).catch(() => undefined)
      let data = await ask()
      for (; !data; data = await ask()) await pause(200)
      expect(data).toMatchObject({ txbytes: toHex(payment.raw) })
      expect(String(data['proof'])).toHaveLength(2 + 2 * 512)
    },
    LIMIT,
  )
})
