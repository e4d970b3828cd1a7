import { afterEach, describe, expect, test } from '@jest/globals'
import type { Timestamp, Wei } from '../../src/plasma/units.ts'
import { createTxManager } from '../../src/tx/tx-manager.ts'
import { exits } from './exits.ts'
import { type FakeChain, fakeChain, memoryStore, policy, world } from './fake-chain.ts'

let life = new AbortController()
afterEach(() => {
  life.abort()
  life = new AbortController()
})

/** A chain whose blocks are empty until it is told otherwise, and a guard on it. */
function stage() {
  const chain = fakeChain()
  chain.mining = false
  const store = memoryStore()
  const ports = world(chain, store)
  const { challenge, challenged } = exits(chain)
  const manager = createTxManager(ports, policy, life.signal)
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await ports.sleep(1)
  }
  const story = (subject: string) => store.notes().flatMap((note) => (note.subject === subject ? [note.what] : []))
  return { chain, store, ports, challenge, challenged, manager, until, story }
}

const minedCalls = (chain: FakeChain) => chain.mined.map(({ nonce, data }) => [nonce, data])
/** Half of it buys this ceiling for a call of 150 gas. */
const stakeFor = (ceiling: bigint) => (ceiling * 300n) as Wei

describe('A nonce whose transaction is wanted no more', () => {
  test('is filled: Carol challenges while ours is stuck, and nothing of ours is undone', async () => {
    const { chain, challenge, challenged, manager, until, story } = stage()
    const answer = manager.submit(challenge(1))
    const next = manager.submit(challenge(2))
    await until(() => chain.pool.length === 2)
    challenged.add('0x0001')
    expect(await answer).toMatchObject({ outcome: 'done_by_other' })
    await until(() => chain.pool.some(({ data }) => data === '0x'))
    chain.mining = true
    expect(await next).toMatchObject({ outcome: 'done_by_us' })
    expect(minedCalls(chain)).toEqual([
      [0, '0x'],
      [1, '0x0002'],
    ])
    expect(chain.mined[0]).toMatchObject({ value: 0n, gas: 21_000n })
    expect(chain.mined[0]?.to).toBe(chain.mined[0]?.from)
    expect(chain.mined.map(({ receipt }) => receipt.status)).toEqual(['success', 'success'])
    expect(story('challenge:1')).toEqual(['planned', 'simulated', 'signed', 'sent', 'done_by_other'])
  })

  test('is not filled when it was mined while the contract was asked: then it was ours that did it', async () => {
    const { chain, ports, challenge, manager, until } = stage()
    const intent = challenge(1)
    let asked = 0
    const settled = async () => {
      asked += 1
      if (asked === 1) return undefined
      chain.mining = true
      chain.mine()
      return intent.settled()
    }
    const answer = manager.submit({ ...intent, settled })
    await until(() => chain.pool.length === 1)
    expect(await answer).toMatchObject({ outcome: 'done_by_us' })
    expect(asked).toBeGreaterThan(1)
    for (let polls = 0; polls < 5; polls++) await ports.sleep(1)
    expect(chain.broadcasts.filter(({ data }) => data === '0x')).toEqual([])
    expect(minedCalls(chain)).toEqual([[0, '0x0001']])
  })

  test('is left alone at the end of the line when no node holds it', async () => {
    const { chain, challenge, challenged, manager, until } = stage()
    const answer = manager.submit(challenge(1))
    await until(() => chain.pool.length === 1)
    chain.pool = []
    challenged.add('0x0001')
    expect(await answer).toMatchObject({ outcome: 'done_by_other' })
    chain.mining = true
    expect(await manager.submit(challenge(2))).toMatchObject({ outcome: 'done_by_us' })
    expect(minedCalls(chain)).toEqual([[0, '0x0002']])
  })
})

describe('A line of nonces when the market rises', () => {
  test('a newcomer takes the place of what cannot pay, which comes later', async () => {
    const { chain, challenge, manager, until, story } = stage()
    const poor = manager.submit({ ...challenge(1), stake: stakeFor(40n) })
    await until(() => chain.pool.length === 1)
    chain.baseFee = 100n
    const rich = manager.submit(challenge(2))
    chain.mining = true
    expect(await rich).toMatchObject({ outcome: 'done_by_us' })
    expect(minedCalls(chain)).toEqual([[0, '0x0002']])
    chain.baseFee = 10n
    expect(await poor).toMatchObject({ outcome: 'done_by_us' })
    expect(minedCalls(chain)).toEqual([
      [0, '0x0002'],
      [1, '0x0001'],
    ])
    expect(story('challenge:1').filter((what) => what === 'signed')).toHaveLength(2)
  })

  test('what waits behind what cannot pay has the way cleared, and both are mined once', async () => {
    const { chain, challenge, manager, until } = stage()
    const poor = manager.submit({ ...challenge(1), stake: stakeFor(40n) })
    await until(() => chain.pool.length === 1)
    const rich = manager.submit(challenge(2))
    await until(() => chain.pool.length === 2)
    chain.baseFee = 100n
    chain.mining = true
    expect(await rich).toMatchObject({ outcome: 'done_by_us' })
    expect(minedCalls(chain)).toEqual([
      [0, '0x'],
      [1, '0x0002'],
    ])
    chain.baseFee = 10n
    expect(await poor).toMatchObject({ outcome: 'done_by_us' })
    expect(minedCalls(chain).at(-1)).toEqual([2, '0x0001'])
  })

  test('an answer whose time runs out takes the first place of one that has time', async () => {
    const { chain, challenge, manager, until } = stage()
    chain.room = 1
    const calm = [1, 2, 3].map((id) => manager.submit(challenge(id)))
    await until(() => chain.pool.length === 3)
    const deadline = (1_000n + chain.height + 50n) as Timestamp
    const urgent = manager.submit({ ...challenge(4), deadline })
    await until(() => chain.broadcasts.some(({ data }) => data === '0x0004'))
    chain.mining = true
    expect(await urgent).toMatchObject({ outcome: 'done_by_us' })
    expect((await Promise.all(calm)).map(({ outcome }) => outcome)).toEqual(calm.map(() => 'done_by_us'))
    expect(minedCalls(chain)).toEqual([
      [0, '0x0004'],
      [1, '0x0002'],
      [2, '0x0003'],
      [3, '0x0001'],
    ])
  })

  test('a displaced transaction that a miner had already counts, and the other one comes after it', async () => {
    const { chain, challenge, manager, until } = stage()
    const poor = manager.submit({ ...challenge(1), stake: stakeFor(40n) })
    await until(() => chain.pool.length === 1)
    const early = [...chain.pool]
    chain.baseFee = 100n
    const rich = manager.submit(challenge(2))
    await until(() => chain.broadcasts.some(({ data }) => data === '0x0002'))
    chain.pool = early
    chain.baseFee = 1n
    chain.mining = true
    expect((await Promise.all([poor, rich])).map(({ outcome }) => outcome)).toEqual(['done_by_us', 'done_by_us'])
    expect(minedCalls(chain)).toEqual([
      [0, '0x0001'],
      [1, '0x0002'],
    ])
  })

  test('a newcomer that the node refuses leaves the place to its holder', async () => {
    const { chain, challenge, manager, until } = stage()
    const poor = manager.submit({ ...challenge(1), stake: stakeFor(40n) })
    await until(() => chain.pool.length === 1)
    chain.baseFee = 100n
    const { broadcast } = chain
    const newcomer = Buffer.from('"data":"0x0002"').toString('hex')
    chain.broadcast = async (raw) =>
      raw.includes(newcomer) ? { ok: false, why: 'refused', reason: 'tx fee exceeds the cap' } : broadcast(raw)
    await expect(manager.submit(challenge(2))).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED' })
    chain.baseFee = 10n
    chain.mining = true
    expect(await poor).toMatchObject({ outcome: 'done_by_us' })
    expect(minedCalls(chain)).toEqual([[0, '0x0001']])
  })

  test('a node that asks for more than an eighth gets it', async () => {
    const { chain, ports, challenge, manager, until } = stage()
    const answer = manager.submit(challenge(1))
    await until(() => chain.pool.length === 1)
    const first = chain.broadcasts[0]?.maxFeePerGas ?? 0n
    chain.receptions = [{ ok: false, why: 'nonce_taken' }]
    await until(() => chain.receptions.length === 0)
    await until(() => chain.broadcasts.length === 3)
    const last = chain.broadcasts[2]?.maxFeePerGas ?? 0n
    expect(last * 8n).toBeGreaterThan((first * 9n * 10n) / 8n)
    chain.mining = true
    await ports.sleep(1)
    expect(await answer).toMatchObject({ outcome: 'done_by_us' })
  })

  test('what cannot be paid more while its time runs out is an alarm', async () => {
    const { chain, ports, challenge, manager, until } = stage()
    const deadline = (1_000n + chain.height + 50n) as Timestamp
    void manager.submit({ ...challenge(1), stake: stakeFor(20n), deadline }).catch(() => undefined)
    await until(() => ports.alarms.length > 0)
    expect(ports.alarms[0]).toMatchObject({ kind: 'answer_stuck', subject: 'challenge:1', level: 'critical' })
  })
})
