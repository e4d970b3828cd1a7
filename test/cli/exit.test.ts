import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mintFromNothing } from '../../devnet/operator/cheats.ts'
import { exit, type ExitOptions } from '../../src/cli/exit.ts'
import { remember } from '../../src/cli/remember.ts'
import { watch } from '../../src/cli/watch.ts'
import { loadConfig, type Config } from '../../src/config.ts'
import { inFlightExitId, standardExitId } from '../../src/exit-game/exit-id.ts'
import { ETH, type Wei } from '../../src/plasma/units.ts'
import { createNode } from '../../src/chain/node.ts'
import type { Deployment } from '../../src/chain/deployment.ts'
import { RemoteWatcherError } from '../../src/chain/remote-watcher.ts'
import { createExitGameReader } from '../../src/chain/exit-game.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { holdSendingLock } from '../../src/store/sending-lock.ts'
import { createEnds, openNetwork, type Network } from '../support/guarded-network.ts'

const LIMIT = 240_000
const ETHER = 10n ** 18n
const ends = createEnds()
let network: Network
let config: Config

beforeAll(async () => {
  network = await openNetwork(ends)
  const folder = await mkdtemp(join(tmpdir(), 'exit-test-'))
  ends.add('folder', () => rm(folder, { recursive: true, force: true }))
  config = loadConfig(join(folder, 'guard.yml'), {
    PROVIDER_ENDPOINT: network.chain.url,
    PLASMA_ADDRESS: network.deployment.framework,
    CHILDCHAIN_URL: network.operatorUrl,
    PRIVATE_KEY: network.deployment.accounts.alice.privateKey,
  })
}, LIMIT)
afterAll(async () => {
  await ends.run()
}, LIMIT)

/** Calls the command and keeps what it says; `answer` is what the person types. */
async function call(
  different: Partial<ExitOptions> & { answer?: string; config?: Config; progress?: (text: string) => void } = {},
  signal = new AbortController().signal,
) {
  const { answer, config: by = config, progress = () => {}, ...options } = different
  const written: string[] = []
  const dialogue = {
    write: (text: string) => void written.push(text),
    progress,
    ask: async () => answer,
  }
  const done = await exit(by, { dryRun: false, json: true, yes: false, ...options }, { dialogue, signal })
  return { done, said: written.map((text) => JSON.parse(text) as Record<string, unknown>) }
}

function contracts() {
  const node = createNode({ urls: [network.chain.url] })
  const { framework, exitGame } = network.deployment
  return createExitGameReader(node, { framework, paymentExitGame: exitGame } as Deployment)
}

describe('plasma-guard exit', () => {
  test(
    'plans, asks, and brings everything home that can come; called again it has nothing to do',
    async () => {
      const { alice, bob, mallory, operator, client } = network
      const [kept, spent] = [await alice.depositEther(3n * ETHER), await alice.depositEther(4n * ETHER)]
      const tokens = await alice.depositToken(5n)
      await operator.formBlock()
      const swallowed = alice.sign(
        [spent],
        [
          { to: bob.address, amount: ETHER as Wei },
          { to: alice.address, amount: (3n * ETHER) as Wei },
        ],
      )
      await remember(config, [swallowed.bytes])
      const coin = await mallory.depositEther(2n * ETHER)
      const received = await mallory.pay(coin, alice)
      await operator.formBlock({
        also: mintFromNothing({ to: mallory.address, currency: ETH, amount: (9n * ETHER) as Wei }),
      })

      const before = await client.getTransactionCount({ address: alice.address })
      const planned = await call({ dryRun: true })
      expect(planned.said[0]).toMatchObject({
        calls: [
          { call: 'startInFlightExit' },
          { call: 'piggybackInFlightExitOnInput', index: 0, amount: String(4n * ETHER) },
          { call: 'piggybackInFlightExitOnOutput', index: 1, amount: String(3n * ETHER) },
          { call: 'startInFlightExit' },
          { call: 'piggybackInFlightExitOnOutput', index: 0, amount: String(2n * ETHER) },
          { call: 'startStandardExit', amount: String(3n * ETHER), deadline: expect.stringMatching(/^\d+$/) },
          { call: 'startStandardExit', amount: '5' },
        ],
        unsaveable: [],
      })
      await expect(call({ answer: 'yes' })).rejects.toMatchObject({ code: 'NOT_CONFIRMED' })
      const release = holdSendingLock(config.data)
      await expect(call({ yes: true })).rejects.toMatchObject({ code: 'ANOTHER_SENDER' })
      release()
      expect(await client.getTransactionCount({ address: alice.address })).toBe(before)

      expect(await call({ answer: 'leave' })).toMatchObject({ done: true })
      expect(await contracts().inFlightExit(inFlightExitId(swallowed.raw))).toMatchObject({ exitMap: 0b100001n })
      expect(await contracts().inFlightExit(inFlightExitId(received.raw))).toMatchObject({ exitMap: 0b10000n })
      for (const { creator, utxoPos } of [kept, tokens]) {
        expect(await contracts().standardExit(standardExitId(creator, utxoPos))).toMatchObject({ exitable: true })
      }
      const after = await client.getTransactionCount({ address: alice.address })
      expect(after - before).toBe(7)

      expect(await call({ yes: true })).toMatchObject({ done: true, said: [{ calls: [], exiting: expect.anything() }] })
      expect(await client.getTransactionCount({ address: alice.address })).toBe(after)
    },
    LIMIT,
  )

  test(
    'interrupted after its first transaction, goes on with the second when it is called again',
    async () => {
      const { alice, client } = network
      const coins = [await alice.depositEther(ETHER), await alice.depositEther(ETHER)]
      const before = await client.getTransactionCount({ address: alice.address })
      const interrupt = new AbortController()
      const progress = (text: string) => {
        if (text.startsWith('transaction sent')) interrupt.abort()
      }
      const interrupted = call({ yes: true, progress }, interrupt.signal)
      await expect(interrupted).rejects.toMatchObject({ code: 'SUBMISSION_INTERRUPTED' })
      expect(await call({ yes: true })).toMatchObject({ done: true })
      for (const { creator, utxoPos } of coins) {
        expect(await contracts().standardExit(standardExitId(creator, utxoPos))).toMatchObject({ exitable: true })
      }
      expect((await client.getTransactionCount({ address: alice.address })) - before).toBe(2)
    },
    LIMIT,
  )

  test(
    'leaves by the word of a Watcher that the user trusts, and of no other',
    async () => {
      const { alice, bob, client } = network
      const stop = new AbortController()
      let watching = Promise.resolve()
      const url = await new Promise<string>((onListening, failed) => {
        const options = { host: '127.0.0.1', port: 0, finalityMarginBlocks: 0, log: silentLogger, onListening }
        watching = watch({ ...config, accounts: [] }, options, stop.signal)
        watching.catch(failed)
      })
      ends.add('watch', async () => {
        stop.abort()
        await watching
      })
      const { childChain: _, ...rest } = config
      const by = (trusted: boolean, url: string): Config => ({ ...rest, watcher: { url, trusted } })
      const coins = [await alice.depositEther(ETHER), await alice.depositEther(2n * ETHER)] as const
      const swallowed = alice.sign(
        [coins[1]],
        [
          { to: bob.address, amount: ETHER as Wei },
          { to: alice.address, amount: ETHER as Wei },
        ],
      )
      await remember(config, [swallowed.bytes])

      await expect(call({ config: by(false, url), dryRun: true })).rejects.toMatchObject({ code: 'LEAVING_REFUSED' })
      const before = await client.getTransactionCount({ address: alice.address })
      const isSeen = async () => {
        const planned = await call({ config: by(true, url), dryRun: true }).catch((error: unknown) => {
          if (error instanceof RemoteWatcherError) return undefined
          throw error
        })
        const calls = (planned?.said[0]?.['calls'] ?? []) as { call: string }[]
        return calls.filter((each) => each.call === 'startStandardExit').length === 1 && calls.length === 4
      }
      while (!(await isSeen())) await pause(200)
      await call({ config: by(true, url), yes: true })
      expect(await contracts().inFlightExit(inFlightExitId(swallowed.raw))).toMatchObject({ exitMap: 0b100001n })
      const kept = standardExitId(coins[0].creator, coins[0].utxoPos)
      expect(await contracts().standardExit(kept)).toMatchObject({ exitable: true })
      expect((await client.getTransactionCount({ address: alice.address })) - before).toBe(4)
    },
    LIMIT,
  )
})
