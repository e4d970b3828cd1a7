import { afterEach, describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import type { Outcome } from '../../src/lib/outcome.ts'
import type { Wei } from '../../src/plasma/units.ts'
import type { Intent } from '../../src/tx/intent.ts'
import type { Ports } from '../../src/tx/ports.ts'
import { createTxManager } from '../../src/tx/tx-manager.ts'
import { exits } from './exits.ts'
import { type FakeChain, fakeChain, memoryStore, policy, world } from './fake-chain.ts'

let life = new AbortController()
afterEach(() => {
  life.abort()
  life = new AbortController()
})

/** Everything a program does to the world before it is killed: `steps` of it, and the last one done or not. */
type Kill = { steps: number; lastIsDone: boolean }

const never = new Promise<never>(() => undefined)

/** The world of a program that is killed: from then on nothing that it does happens, and nothing answers it. */
function mortal(ports: Ports, { steps, lastIsDone }: Kill): { ports: Ports; killed: Promise<void> } {
  let left = steps
  let die: () => void = () => undefined
  const killed = new Promise<void>((resolve) => (die = resolve))
  const wrap =
    <Args extends unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      left--
      if (left > 0) return act(...args)
      if (left === 0 && lastIsDone) await act(...args)
      die()
      return never
    }
  const wrapAll = <Acts extends object>(acts: Acts, names: readonly (keyof Acts)[]): Acts => ({
    ...acts,
    ...Object.fromEntries(names.map((name) => [name, wrap(acts[name] as () => Promise<unknown>)])),
  })
  return {
    killed,
    ports: {
      ...ports,
      chain: wrapAll(ports.chain, ['head', 'nonces', 'balance', 'tryCall', 'broadcast', 'receipt', 'finalized']),
      store: wrapAll(ports.store, ['get', 'open', 'versions', 'commit', 'spentSince', 'postedSince']),
      accounts: ports.accounts.map((each) => wrapAll(each, ['signTransaction'])),
      sleep: wrap(ports.sleep),
    },
  }
}

type Story = { intents: Intent[]; kills: readonly Kill[]; meanwhile?: (life: number) => void }

/** Lives that end in the middle, and a last one in which everything is asked for again until it is answered. */
async function live(chain: FakeChain, { intents, kills, meanwhile = () => undefined }: Story): Promise<Outcome[]> {
  const database = new Sqlite(':memory:')
  for (const [at, kill] of kills.entries()) {
    const { ports, killed } = mortal(world(chain, memoryStore(database)), kill)
    const manager = createTxManager(ports, policy, life.signal)
    const quiet = () => undefined
    const all = (async () => {
      await manager.resume()
      await Promise.all(intents.map((intent) => manager.submit(intent).catch(quiet)))
    })()
    await Promise.race([killed, all])
    meanwhile(at)
  }
  const ports = world(chain, memoryStore(database))
  const manager = createTxManager(ports, policy, life.signal)
  await manager.resume()
  const insist = async (intent: Intent): Promise<Outcome> => {
    try {
      return await manager.submit(intent)
    } catch {
      return insist(intent)
    }
  }
  const outcomes = await Promise.all(intents.map(insist))
  const isOver = async () => (await ports.store.open()).length === 0
  while (!(await isOver())) await ports.sleep(1)
  return outcomes
}

const kills = fc.array(fc.record({ steps: fc.integer({ min: 1, max: 60 }), lastIsDone: fc.boolean() }), {
  maxLength: 4,
})

function noncesOf(chain: FakeChain): Map<string, Set<number>> {
  const nonces = new Map<string, Set<number>>()
  for (const { data, nonce } of chain.broadcasts) nonces.set(data, (nonces.get(data) ?? new Set()).add(nonce))
  return nonces
}

describe('Killed at any step, however often', () => {
  test('it is done once, under one nonce, and no nonce is left out', async () => {
    await fc.assert(
      fc.asyncProperty(kills, fc.integer({ min: 1, max: 4 }), async (given, exitsAtOnce) => {
        const chain = fakeChain()
        const { challenge } = exits(chain)
        const intents = Array.from({ length: exitsAtOnce }, (_, at) => challenge(at))
        const outcomes = await live(chain, { intents, kills: given })
        expect(outcomes.map(({ outcome }) => outcome)).toEqual(intents.map(() => 'done_by_us'))
        expect(chain.mined.map(({ nonce }) => nonce)).toEqual(intents.map((_, at) => at))
        for (const nonces of noncesOf(chain).values()) expect(nonces.size).toBe(1)
      }),
      { numRuns: 150 },
    )
  })

  test('the same at every single step of one answer', async () => {
    for (let steps = 1; steps <= 40; steps++) {
      for (const lastIsDone of [true, false]) {
        const chain = fakeChain()
        const { challenge } = exits(chain)
        const [outcome] = await live(chain, { intents: [challenge(1)], kills: [{ steps, lastIsDone }] })
        expect(outcome).toMatchObject({ outcome: 'done_by_us' })
        expect(chain.mined).toHaveLength(1)
        expect(noncesOf(chain).get('0x0001')).toEqual(new Set([0]))
      }
    }
  })

  test('while the market moves and places are taken: each exit is challenged once, and nonces have no gap', async () => {
    const stakes = fc.array(fc.option(fc.bigInt({ min: 0n, max: 60_000n }), { nil: undefined }), {
      minLength: 1,
      maxLength: 4,
    })
    const fees = fc.array(fc.bigInt({ min: 1n, max: 150n }), { minLength: 4, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(kills, stakes, fees, async (given, all, market) => {
        const chain = fakeChain()
        chain.room = 1
        const { challenge } = exits(chain)
        const intents = all.map((stake, at) => ({
          ...challenge(at),
          ...(stake === undefined ? {} : { stake: stake as Wei }),
        }))
        const meanwhile = (at: number) => {
          chain.baseFee = market[at] ?? 1n
          if (at === given.length - 1) chain.baseFee = 1n
        }
        const outcomes = await live(chain, { intents, kills: given, meanwhile })
        expect(outcomes.map(({ outcome }) => outcome)).toEqual(intents.map(() => 'done_by_us'))
        const effective = chain.mined.filter(({ data, receipt }) => data !== '0x' && receipt.status === 'success')
        expect(new Set(effective.map(({ data }) => data)).size).toBe(intents.length)
        expect(effective).toHaveLength(intents.length)
        expect(chain.mined.map(({ nonce }) => nonce)).toEqual(chain.mined.map((_, at) => at))
      }),
      { numRuns: 150 },
    )
  })
})
