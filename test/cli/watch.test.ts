import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { startChain } from '../../devnet/chain.ts'
import { watch } from '../../src/cli/watch.ts'
import { loadConfig, type Config } from '../../src/config.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Address } from '../../src/plasma/units.ts'
import { openLedgerDatabase } from '../../src/store/ledger-database.ts'
import { ask, openStillNetwork, payToAndFro, type StillNetwork } from '../e2e/watch-process-stage.ts'
import { createEnds } from '../support/guarded-network.ts'
import { layLine } from '../support/line.ts'

// Only against hanging.
jest.setTimeout(300_000)

const ETHER = 10n ** 18n
const ends = createEnds()
let network: StillNetwork
beforeAll(async () => {
  network = await openStillNetwork(ends)
})
afterAll(() => ends.run())

function configure(rootChain = network.chain.url): Config {
  const folder = mkdtempSync(join(tmpdir(), 'watch-test-'))
  ends.add('folder', async () => {
    rmSync(folder, { recursive: true, force: true })
  })
  return loadConfig(join(folder, 'guard.yml'), {
    PROVIDER_ENDPOINT: rootChain,
    PLASMA_ADDRESS: network.deployment.framework,
    CHILDCHAIN_URL: network.toll.url,
    PRIVATE_KEY: network.deployment.accounts.alice.privateKey,
  })
}

const options = { host: '127.0.0.1', port: 0, finalityMarginBlocks: 0, log: silentLogger }
const never = new AbortController().signal
const ledgerOf = ({ data }: Config) => join(data, 'watch')
const ownChain = () => ({ chainId: 31_337n, framework: network.deployment.framework })

/** A watcher that serves, and what it logs. */
async function open(config: Config) {
  const stop = new AbortController()
  const lines: { sentence: string; facts: Record<string, unknown> }[] = []
  const say = (facts: Record<string, unknown>, sentence: string) => void lines.push({ sentence, facts })
  const log = { debug: say, info: say, warn: say, error: say }
  let watching = Promise.resolve()
  const url = await new Promise<string>((onListening, failed) => {
    watching = watch(config, { ...options, log, onListening }, stop.signal)
    watching.catch(failed)
  })
  const close = async () => {
    stop.abort()
    await watching
  }
  ends.add('watcher', close)
  return { url, lines, close }
}

async function until(isIt: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isIt())) await pause(50)
}

describe('watch ends, and says why, when', () => {
  test('there is no operator to get blocks from', async () => {
    const { childChain: _, ...config } = configure()
    await expect(watch(config, options, never)).rejects.toMatchObject({ code: 'NOTHING_TO_WATCH' })
  })

  test('the ledger in its folder is of other contracts', async () => {
    const config = configure()
    const framework = `0x${'7e'.repeat(20)}` as Address
    openLedgerDatabase(ledgerOf(config), { ...ownChain(), framework }).close()
    await expect(watch(config, options, never)).rejects.toMatchObject({
      code: 'ANOTHER_CHAIN',
      facts: { chainId: '31337', framework, wantedChainId: '31337', wantedFramework: ownChain().framework },
    })
    openLedgerDatabase(ledgerOf(config), { ...ownChain(), framework }).close()
  })

  test('what lies there is no ledger: it is not touched', async () => {
    const config = configure()
    mkdirSync(ledgerOf(config), { recursive: true })
    const file = join(ledgerOf(config), 'ledger.sqlite')
    const there = Buffer.alloc(50_000, 'no ledger')
    writeFileSync(file, there)
    await expect(watch(config, options, never)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
    expect(readFileSync(file).equals(there)).toBe(true)
  })

  test('its port is taken: then it lets go of everything', async () => {
    const config = configure()
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(watch(config, { ...options, port, infoPort: 0 }, never)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await expect(watch(config, { ...options, infoPort: port }, never)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    other.close()
    openLedgerDatabase(ledgerOf(config), ownChain()).close()
  })

  test('another one watches there', async () => {
    const config = configure()
    const first = await open(config)
    await expect(watch(config, options, never)).rejects.toMatchObject({ code: 'LEDGER_IN_USE' })
    await first.close()
  })
})

test('a node that turns to another chain is not believed; when it is back, everything is there', async () => {
  const { alice, chain } = network
  await payToAndFro(network, await alice.depositEther(ETHER), 4)
  const elsewhere = await startChain({ mining: 'transactions' })
  ends.add('elsewhere', elsewhere.stop)
  await rpc(elsewhere.url, 'anvil_setChainId', [5])
  await rpc(elsewhere.url, 'anvil_mine', ['0x64'])
  let target = chain.url
  const line = await layLine(() => target)
  ends.add('line', line.close)
  const turn = async (to: string) => {
    target = to
    await line.cut()
    await line.mend()
  }

  const config = configure(line.url)
  const { url, lines, close } = await open(config)
  const utxos = () => ask(url, 'account.get_exitable_utxos', { address: alice.address })
  const isThere = (answer: unknown) => Array.isArray(answer) && answer.length === 3
  await until(async () => isThere(await utxos()))
  const before = await utxos()

  await turn(elsewhere.url)
  await until(() => lines.filter(({ facts: { err } }) => codeOf(err) === 'ANOTHER_ROOT_CHAIN').length === 3)
  await until(async () => !isThere(await utxos()))
  await turn(chain.url)
  await until(async () => isThere(await utxos()))
  expect(await utxos()).toEqual(before)
  expect(lines.filter(({ sentence }) => sentence.startsWith('root chain reorganised'))).toEqual([])
  await close()

  await turn(elsewhere.url)
  await expect(watch(config, options, never)).rejects.toMatchObject({ code: 'NO_PLASMA_FRAMEWORK' })
})

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)

async function rpc(url: string, method: string, params: unknown[]): Promise<void> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  expect(await response.json()).not.toHaveProperty('error')
}
