import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { cheat } from '../../devnet/actor-cheat.ts'
import { type Devnet, openDevnet } from '../../devnet/actor-devnet.ts'
import { deposit, exit, passTime, pay, personOf, processExits, type Report, showExit } from '../../devnet/actor-hand.ts'
import { up } from '../../devnet/up.ts'
import { loadConfig } from '../../src/config.ts'
import { loadSigners } from '../../src/guard/signers.ts'

const stop = new AbortController()
let directory = ''
let running: Promise<void> = Promise.resolve()
let devnet: Devnet

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'plasma-guard-up-'))
  await new Promise<void>((resolve, reject) => {
    running = up({
      directory,
      port: 0,
      operatorPort: 0,
      minExitPeriodSeconds: 600n,
      blockSeconds: 0,
      feeWei: 0n,
      signal: stop.signal,
      say: (text) => {
        if (text.includes('Start a guard')) resolve()
      },
    })
    running.catch(reject)
  })
  devnet = await openDevnet(join(directory, 'devnet.json'))
}, 120_000)

afterAll(async () => {
  stop.abort()
  await running
  await rm(directory, { recursive: true })
}, 20_000)

function read(report: Report, name: string): bigint {
  const [, value] = report.find(([each]) => each === name) ?? []
  return BigInt(String(value).split(' ')[0] ?? '')
}

describe('the devnet of a person', () => {
  test('lets Mallory exit what she has spent, by hand', async () => {
    const mallory = personOf(devnet, 'mallory')
    const coin = read(await deposit(mallory, { amount: '5' }), 'output')
    const paid = await pay(devnet, mallory, { coin, to: personOf(devnet, 'bob'), amount: '1.5' })
    const bobs = await devnet.coinAt(read(paid, 'output'))
    expect(bobs).toMatchObject({ owner: personOf(devnet, 'bob').address, amount: 1_500_000_000_000_000_000n })

    const exitId = read(await exit(devnet, mallory, coin), 'exit id')
    expect(await showExit(devnet, exitId)).toContainEqual(['state', 'open'])
    await passTime(devnet, 700n)
    await processExits(devnet, personOf(devnet, 'carol'), 'ether')
    expect(await showExit(devnet, exitId)).toEqual([['state', 'unknown, or processed']])
  }, 60_000)

  test('pays with tokens too', async () => {
    const alice = personOf(devnet, 'alice')
    const coin = read(await deposit(alice, { amount: '2', token: true }), 'output')
    expect(await devnet.coinAt(coin)).toMatchObject({ owner: alice.address, currency: devnet.token })
    await exit(devnet, alice, coin)
  }, 60_000)

  test('cheats when it is told to', async () => {
    const thief = personOf(devnet, 'mallory')
    const utxoPos = read(await deposit(personOf(devnet, 'alice'), { amount: '1' }), 'output')
    const blocks = [
      await cheat(devnet, { name: 'mint', thief }),
      await cheat(devnet, { name: 'foreign-signature', thief, utxoPos }),
      await cheat(devnet, { name: 'double-spend', thief, utxoPos }),
      await cheat(devnet, { name: 'phantom-input', thief }),
      await cheat(devnet, { name: 'withhold', thief }),
      await cheat(devnet, { name: 'forge', thief }),
    ].map((report) => read(report, 'block'))
    const first = blocks[0] ?? 0n
    expect(blocks).toEqual(blocks.map((_, at) => first + BigInt(at) * 1000n))
    await expect(cheat(devnet, { name: 'foreign-signature', thief })).rejects.toThrow('--coin')
    await expect(cheat(devnet, { name: 'steal', thief })).rejects.toThrow('There is no cheat steal')
  }, 60_000)

  test('says what it does not have', async () => {
    expect(() => personOf(devnet, 'trent')).toThrow('Nobody is called trent')
    await expect(devnet.coinAt(999_000_000_000n)).rejects.toThrow('There is no output')
    await expect(openDevnet(join(directory, 'nothing.json'))).rejects.toThrow('devnet up')
  }, 60_000)

  test('writes a guard.yml that a guard can start with', async () => {
    const config = loadConfig(join(directory, 'guard.yml'), {})
    expect(config).toMatchObject({
      rootChain: { urls: [devnet.rootChain], plasmaFramework: devnet.contracts.framework },
      childChain: { url: devnet.operator },
      mode: 'defend',
    })
    const [signer] = await loadSigners(config.accounts)
    expect(signer?.address).toBe(devnet.people.guard.address)
    expect(await readFile(join(directory, 'guard.yml'), 'utf8')).not.toContain(devnet.accounts.guard.privateKey)
  }, 60_000)
})
