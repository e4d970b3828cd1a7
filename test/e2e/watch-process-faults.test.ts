import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { ETH, type Address, type Wei } from '../../src/plasma/units.ts'
import { openLedgerDatabase } from '../../src/store/ledger-database.ts'
import { createEnds } from '../support/guarded-network.ts'
import {
  appliedIn,
  ask,
  caughtUp,
  launch,
  makeFolder,
  openStillNetwork,
  payToAndFro,
  says,
  type StillNetwork,
  WATCH,
} from './watch-process-stage.ts'

// Only against hanging.
jest.setTimeout(300_000)

const BLOCKS = 50
/** Counters that SQLite changes when it looks into a file. */
const SQLITE_HEADER = 100
const ETHER = 10n ** 18n
const ends = createEnds()
let network: StillNetwork

beforeAll(async () => {
  network = await openStillNetwork(ends)
  await payToAndFro(network, await network.alice.depositEther(ETHER), BLOCKS)
})
afterAll(() => ends.run())

/** Where each command keeps its ledger. */
const programs = [
  { args: WATCH, place: join('data', 'watch') },
  { args: ['run'], place: 'data' },
] as const

const each = (work: (program: (typeof programs)[number]) => Promise<void>) => Promise.all(programs.map(work))

/** A folder whose ledger has been prepared. */
function withLedger(place: string, prepare: (ledgerFolder: string) => void) {
  const folder = makeFolder(ends, network)
  mkdirSync(join(folder, place), { recursive: true })
  prepare(join(folder, place))
  return folder
}

const ownChain = () => ({ chainId: 31_337n, framework: network.deployment.framework })

describe('a watcher and a guard', () => {
  test('end at the ledger of another chain, say which it is, and leave it as it is', async () => {
    const chain = { chainId: 5n, framework: `0x${'7e'.repeat(20)}` as Address }
    await each(async ({ args, place }) => {
      const folder = withLedger(place, (at) => {
        openLedgerDatabase(at, chain).close()
      })
      const program = launch(ends, folder, { args })
      expect(await program.ended).toBe(1)
      expect(program.complaint()).toMatch(/^ANOTHER_CHAIN: /)
      expect(program.complaint()).toContain(`of chain 5, framework ${chain.framework}`)
      expect(program.complaint()).toContain(`expected chain 31337, framework ${ownChain().framework}`)
      openLedgerDatabase(join(folder, place), chain).close()
    })
  })

  test('end at a damaged ledger, and leave it as it is', async () => {
    await each(async ({ args, place }) => {
      const folder = withLedger(place, (at) => {
        openLedgerDatabase(at, ownChain()).close()
        const path = join(at, 'ledger.sqlite')
        writeFileSync(path, readFileSync(path).fill(0xa5, 8_192))
      })
      const content = () => readFileSync(join(folder, place, 'ledger.sqlite')).subarray(SQLITE_HEADER)
      const before = content()
      const program = launch(ends, folder, { args })
      expect(await program.ended).toBe(1)
      expect(program.complaint()).toMatch(/^STORE_CORRUPT: .*move it away/s)
      expect(content().equals(before)).toBe(true)
    })
  })

  test('end when their disk is full, and go on where they were when there is room again', async () => {
    await each(async ({ args, place }) => {
      const folder = makeFolder(ends, network)
      const full = launch(ends, folder, { args, fileLimit: 1_000 })
      expect(await full.ended).toBe(1)
      expect(full.complaint()).toMatch(/^STORE_(?:FULL|FAILED): /)
      const applied = appliedIn(join(folder, place))
      expect(applied).toBeGreaterThan(0)
      expect(applied).toBeLessThan(BLOCKS * 1_000)

      const again = launch(ends, folder, { args })
      while (appliedIn(join(folder, place)) < BLOCKS * 1_000) await again.soon()
      again.stop()
      expect(await again.ended).toBe(0)
    })
  })
})

describe('two programs on one data directory', () => {
  test('are not two watchers: the second one ends, and does not disturb the first', async () => {
    const folder = makeFolder(ends, network)
    const first = launch(ends, folder, { args: WATCH })
    const { url } = await first.until(says('watcher started'))
    const second = launch(ends, folder, { args: WATCH })
    expect(await second.ended).toBe(1)
    expect(second.complaint()).toMatch(/^LEDGER_IN_USE: /)
    await caughtUp(String(url))
    first.stop()
    expect(await first.ended).toBe(0)
  })

  test('may be a watcher and a guard: what is submitted to the one, the other takes home', async () => {
    const { alice, bob, deployment, operator } = network
    const folder = makeFolder(ends, network, {
      mode: 'advise',
      accounts: [{ watchOnly: alice.address }],
    })
    const watcher = launch(ends, folder, { args: WATCH })
    const guard = launch(ends, folder, { args: ['run'] })
    const { url } = await watcher.until(says('watcher started'))
    await guard.until(says('guard started'))
    const coin = await alice.depositEther(ETHER)
    const swallowed = alice.sign([coin], [{ to: bob.address, amount: ETHER as Wei, currency: ETH }])
    await caughtUp(String(url))
    network.toll.swallow(true)
    const answer = await ask(String(url), 'transaction.submit', {
      transaction: `0x${Buffer.from(swallowed.bytes).toString('hex')}`,
    })
    network.toll.swallow(false)
    expect(answer).toMatchObject({ refused: { code: 'connection:childchain_unreachable' } })
    expect(operator.waiting()).toBe(0)

    const environment = { PRIVATE_KEY: deployment.accounts.alice.privateKey }
    const leaving = launch(ends, folder, { args: ['exit', '--dry-run', '--json'], environment })
    expect(await leaving.ended).toBe(0)
    expect(leaving.complaint()).toContain('another plasma-guard has the ledger')
    const { calls } = JSON.parse(leaving.said()) as { calls: { call: string; amount?: string }[] }
    expect(calls.slice(0, 2)).toMatchObject([
      { call: 'startInFlightExit' },
      { call: 'piggybackInFlightExitOnInput', amount: String(ETHER) },
    ])
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
    for (const program of [watcher, guard]) {
      program.stop()
      expect(await program.ended).toBe(0)
    }
  })
})
