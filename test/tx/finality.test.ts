import { afterEach, describe, expect, test } from '@jest/globals'
import { createTxManager } from '../../src/tx/tx-manager.ts'
import { exits } from './exits.ts'
import { fakeChain, memoryStore, policy, world } from './fake-chain.ts'

let life = new AbortController()
afterEach(() => {
  life.abort()
  life = new AbortController()
})

function stage() {
  const chain = fakeChain()
  const store = memoryStore()
  const ports = world(chain, store)
  const { challenge, challenged } = exits(chain)
  const stateOf = async (key: string) => (await store.get(key))?.state
  const story = () => store.notes().map(({ what }) => what)
  return { chain, store, ports, challenge, challenged, stateOf, story }
}

describe('An answer that is mined', () => {
  test('is told with its confirmations, and final at its depth', async () => {
    const { chain, ports, challenge, stateOf, story } = stage()
    expect(await createTxManager(ports, policy, life.signal).submit(challenge(1))).toMatchObject({
      outcome: 'done_by_us',
    })
    expect(await stateOf('challenge:1')).toBe('mined')
    const [block] = chain.mined.map(({ receipt }) => receipt.blockNumber)
    while ((await stateOf('challenge:1')) !== 'final') await ports.sleep(1)
    expect(chain.height).toBeGreaterThanOrEqual((block ?? 0n) + BigInt(policy.finalAfterBlocks))
    expect(story()).toEqual(['planned', 'simulated', 'signed', 'sent', 'mined', 'final'])
  })

  test('is final sooner when the chain itself says so', async () => {
    const { chain, ports, challenge, stateOf } = stage()
    const manager = createTxManager(ports, { ...policy, finalAfterBlocks: 1_000 }, life.signal)
    await manager.submit(challenge(1))
    chain.final = chain.height
    while ((await stateOf('challenge:1')) !== 'final') await ports.sleep(1)
    expect(chain.height).toBeLessThan(200n)
  })

  test('is looked after no more when it is final', async () => {
    const { chain, ports, challenge, stateOf } = stage()
    await createTxManager(ports, policy, life.signal).submit(challenge(1))
    while ((await stateOf('challenge:1')) !== 'final') await ports.sleep(1)
    for (let turns = 0; turns < 5; turns++) await ports.sleep(1)
    let looks = 0
    const { head } = chain
    chain.head = () => {
      looks++
      return head()
    }
    for (let turns = 0; turns < 20; turns++) await ports.sleep(1)
    expect(looks).toBe(0)
  })
})

describe('A reorganisation after the answer was told', () => {
  test('the same transaction is sent again, with nobody asking', async () => {
    const { chain, ports, challenge, challenged, stateOf, story } = stage()
    const outcome = await createTxManager(ports, policy, life.signal).submit(challenge(1))
    chain.mined = []
    challenged.clear()
    while ((await stateOf('challenge:1')) !== 'final') await ports.sleep(1)
    expect(chain.mined).toMatchObject([{ txHash: outcome.txHash, nonce: 0 }])
    expect(story()).toEqual(['planned', 'simulated', 'signed', 'sent', 'mined', 'sent', 'mined', 'final'])
  })

  test('the same after a restart, when nobody is at hand who knows how to ask the contract', async () => {
    const { chain, store, ports, challenge, challenged, stateOf } = stage()
    const first = new AbortController()
    await createTxManager(ports, policy, first.signal).submit(challenge(1))
    first.abort()
    chain.mined = []
    challenged.clear()
    await createTxManager(world(chain, store), policy, life.signal).resume()
    while ((await stateOf('challenge:1')) !== 'final') await ports.sleep(1)
    expect(chain.mined).toHaveLength(1)
  })

  test('it comes back undone, because Carol was faster this time: the journal learns it', async () => {
    const { chain, ports, challenge, challenged, stateOf } = stage()
    await createTxManager(ports, policy, life.signal).submit(challenge(1))
    const [ours] = chain.mined
    if (!ours) throw new Error('Nothing was mined.')
    chain.mined = [{ ...ours, receipt: { ...ours.receipt, status: 'reverted', blockNumber: chain.height } }]
    challenged.add('0x0001')
    while ((await stateOf('challenge:1')) !== 'done_by_other') await ports.sleep(1)
    expect(chain.broadcasts).toHaveLength(1)
  })

  test('its nonce went to a stranger: it is sent again under another', async () => {
    const { chain, ports, challenge, challenged, stateOf } = stage()
    await createTxManager(ports, policy, life.signal).submit(challenge(1))
    const [ours] = chain.mined
    if (!ours) throw new Error('Nothing was mined.')
    const txHash = `0x${'9'.repeat(64)}` as const
    chain.mined = [{ ...ours, data: '0x99', txHash, receipt: { ...ours.receipt, txHash } }]
    challenged.clear()
    while ((await stateOf('challenge:1')) !== 'final') await ports.sleep(1)
    expect(chain.mined.map(({ nonce, data }) => [nonce, data])).toEqual([
      [0, '0x99'],
      [1, '0x0001'],
    ])
  })
})

describe('What the contract undoes again and again', () => {
  test('is tried three times, each with more gas; then it is impossible, with all facts', async () => {
    const { chain, store, ports, challenge } = stage()
    const fine = chain.refuses
    const manager = createTxManager(ports, policy, life.signal)
    const attempt = async () => {
      chain.refuses = fine
      chain.mining = false
      const answer = manager.submit(challenge(1)).catch((error: unknown) => error)
      while (chain.pool.length === 0) await ports.sleep(1)
      chain.refuses = () => 'out of gas'
      chain.mining = true
      return answer
    }
    expect(await attempt()).toMatchObject({ code: 'WITHOUT_EFFECT', retryable: true })
    expect(await attempt()).toMatchObject({ code: 'WITHOUT_EFFECT' })
    const last = await attempt()
    expect(last).toMatchObject({ outcome: 'impossible' })
    const [, , third] = chain.mined
    expect(JSON.stringify(last)).toContain(third?.txHash)
    expect(chain.mined.map(({ gas }) => gas)).toEqual([150n, 300n, 450n])
    expect(chain.mined.map(({ nonce }) => nonce)).toEqual([0, 1, 2])
    const undone = store.notes().filter(({ reason }) => reason.includes('undid') || reason.includes('undone'))
    expect(undone.map(({ reason }) => chain.mined.some(({ txHash }) => reason.includes(txHash)))).toEqual([
      true,
      true,
      true,
    ])
  })
})
