import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Outcome } from '../../src/lib/outcome.ts'
import type { Address, Wei } from '../../src/plasma/units.ts'
import type { Intent } from '../../src/tx/intent.ts'
import { createTxManager } from '../../src/tx/tx-manager.ts'
import { account, type FakeChain, fakeChain, memoryStore, policy, world } from './fake-chain.ts'

const target = `0x${'1'.repeat(40)}` as Address

let life = new AbortController()
const running = () => life.signal
afterEach(() => {
  life.abort()
  life = new AbortController()
})

/** An exit that can be challenged once, and what the contract knows of it. */
function exits(chain: FakeChain) {
  const challenged = new Set<string>()
  chain.refuses = ({ data }) => (challenged.has(data) ? 'The exit does not exist' : undefined)
  chain.effect = ({ data }) => {
    challenged.add(data)
  }
  const challenge = (id: number): Intent => {
    const data = `0x${id.toString(16).padStart(4, '0')}` as const
    return {
      key: `challenge:${id}`,
      purpose: 'challengeStandardExit',
      to: target,
      data,
      value: 0n as Wei,
      settled: async (): Promise<Outcome | undefined> =>
        challenged.has(data) ? { outcome: 'done_by_other', reason: 'the exit is challenged' } : undefined,
    }
  }
  return { challenged, challenge }
}

describe('Alice challenges an exit', () => {
  test('once, however often and from however many places it is asked for', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    const manager = createTxManager(ports, policy, running())
    const outcomes = await Promise.all([1, 2, 3].map(() => manager.submit(challenge(1))))
    outcomes.push(await manager.submit(challenge(1)))
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['done_by_us']))
    expect(new Set(outcomes.map(({ txHash }) => txHash))).toEqual(new Set([chain.mined[0]?.txHash]))
    expect(chain.broadcasts).toHaveLength(1)
    const sent = ports.log.said.filter(({ sentence }) => sentence === 'transaction sent')
    expect(sent).toEqual([
      {
        sentence: 'transaction sent',
        facts: { purpose: 'challengeStandardExit', key: 'challenge:1', txHash: chain.mined[0]?.txHash, nonce: 0 },
      },
    ])
  })

  test('Carol was faster: nothing is sent', async () => {
    const chain = fakeChain()
    const { challenge, challenged } = exits(chain)
    challenged.add('0x0001')
    const manager = createTxManager(world(chain), policy, running())
    expect(await manager.submit(challenge(1))).toMatchObject({ outcome: 'done_by_other' })
    expect(chain.broadcasts).toEqual([])
  })

  test('Carol is faster in the same block: the receipt says reverted, the contract says done', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge, challenged } = exits(chain)
    const manager = createTxManager(ports, policy, running())
    chain.mining = false
    const answer = manager.submit(challenge(1))
    while (chain.pool.length === 0) await ports.sleep(1)
    challenged.add('0x0001')
    chain.mining = true
    expect(await answer).toMatchObject({ outcome: 'done_by_other' })
    expect(chain.mined.map(({ receipt }) => receipt.status)).toEqual(['reverted'])
  })

  test('the contract undoes it and still wants it: the caller may try again', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    const manager = createTxManager(ports, policy, running())
    const fine = chain.refuses
    chain.mining = false
    const answer = manager.submit(challenge(1))
    while (chain.pool.length === 0) await ports.sleep(1)
    chain.refuses = () => 'out of gas'
    chain.mining = true
    await expect(answer).rejects.toMatchObject({ code: 'WITHOUT_EFFECT', retryable: true })
    chain.refuses = fine
    expect(await manager.submit(challenge(1))).toMatchObject({ outcome: 'done_by_us' })
  })

  test('the contract refuses it in a simulation: impossible for now, with the reason, and asked again later', async () => {
    const chain = fakeChain()
    const { challenge } = exits(chain)
    const manager = createTxManager(world(chain), policy, running())
    const fine = chain.refuses
    chain.refuses = () => 'Incorrect senderData'
    const refused = await manager.submit(challenge(1))
    expect(refused.outcome).toBe('impossible')
    expect(refused.reason).toContain('Incorrect senderData')
    expect(chain.broadcasts).toEqual([])
    chain.refuses = fine
    expect(await manager.submit(challenge(1))).toMatchObject({ outcome: 'done_by_us' })
  })

  test('it comes from the account that it names, or from the first', async () => {
    const chain = fakeChain()
    const { challenge } = exits(chain)
    const manager = createTxManager(world(chain), policy, running())
    await manager.submit({ ...challenge(1), from: account('b').address })
    await manager.submit(challenge(2))
    expect(chain.mined.map(({ from }) => from)).toEqual([account('b').address, account('a').address])
    const stranger = { ...challenge(3), from: account('c').address }
    await expect(manager.submit(stranger)).rejects.toMatchObject({ code: 'NO_ACCOUNT', retryable: false })
  })
})

describe('Money', () => {
  test('an account that cannot pay the bond sends nothing, and says what it needs', async () => {
    const chain = fakeChain()
    const { challenge } = exits(chain)
    const manager = createTxManager(world(chain), policy, running())
    const { address } = account('a')
    chain.balances.set(address, 5n)
    await expect(manager.submit({ ...challenge(1), value: 6n as Wei })).rejects.toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
      retryable: true,
      facts: { address, needed: '6' },
    })
    // 150 gas for 22 wei each, and the value
    await expect(manager.submit({ ...challenge(1), value: 5n as Wei })).rejects.toMatchObject({
      facts: { address, needed: '3305' },
    })
    expect(chain.broadcasts).toEqual([])
    chain.balances.set(address, 3_305n)
    expect(await manager.submit({ ...challenge(1), value: 5n as Wei })).toMatchObject({ outcome: 'done_by_us' })
  })

  test('a node that counts what waits already may refuse: the nonce is free again', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    const manager = createTxManager(ports, policy, running())
    chain.receptions = [{ ok: false, why: 'insufficient_funds' }]
    await expect(manager.submit(challenge(1))).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' })
    expect(await ports.store.pending()).toEqual([])
    await manager.submit(challenge(2))
    expect(chain.mined[0]).toMatchObject({ nonce: 0 })
  })

  test('a refusal for another reason is told, and nothing stays behind', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    const manager = createTxManager(ports, policy, running())
    chain.receptions = [{ ok: false, why: 'refused', reason: 'tx fee exceeds the configured cap' }]
    await expect(manager.submit(challenge(1))).rejects.toMatchObject({
      code: 'TRANSACTION_REFUSED',
      retryable: true,
      facts: { reason: 'tx fee exceeds the configured cap' },
    })
    expect(await ports.store.get('challenge:1')).toBeUndefined()
  })
})

describe('Nonces', () => {
  test('twenty answers at once get twenty nonces, and none waits for the receipt of another', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    const manager = createTxManager(ports, policy, running())
    chain.mining = false
    const ids = Array.from({ length: 20 }, (_, at) => at)
    const answers = Promise.all(ids.map((id) => manager.submit(challenge(id))))
    while (chain.pool.length < 20) await ports.sleep(1)
    chain.mining = true
    expect((await answers).map(({ outcome }) => outcome)).toEqual(ids.map(() => 'done_by_us'))
    expect(chain.mined.map(({ nonce }) => nonce)).toEqual(ids)
  })

  test('transactions of the same key from elsewhere are left alone', async () => {
    const chain = fakeChain()
    const { challenge } = exits(chain)
    const elsewhere = createTxManager(world(chain), policy, running())
    await elsewhere.submit(challenge(90))
    chain.mining = false
    const ports = world(chain)
    void elsewhere.submit(challenge(91)).catch(() => undefined)
    while (chain.pool.length === 0) await ports.sleep(1)
    const answer = createTxManager(ports, policy, running()).submit(challenge(1))
    while (chain.pool.length < 2) await ports.sleep(1)
    chain.mining = true
    expect(await answer).toMatchObject({ outcome: 'done_by_us' })
    expect(chain.mined.map(({ nonce }) => nonce)).toEqual([0, 1, 2])
  })

  test('a node that knows more than it said: the nonce too low, or taken, and the next one fits', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    const manager = createTxManager(ports, policy, running())
    chain.nonces = async () => ({ mined: 0, known: 0 })
    chain.receptions = [
      { ok: false, why: 'nonce_too_low' },
      { ok: false, why: 'nonce_taken' },
    ]
    void manager.submit(challenge(1)).catch(() => undefined)
    while (chain.pool.length === 0) await ports.sleep(1)
    expect(chain.broadcasts.map(({ nonce }) => nonce)).toEqual([0, 1, 2])
  })

  test('the nonce went to another transaction: it is sent again with the next', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    const manager = createTxManager(ports, policy, running())
    chain.mining = false
    const answer = manager.submit(challenge(1))
    while (chain.pool.length === 0) await ports.sleep(1)
    const stolen = chain.pool[0]
    if (!stolen) throw new Error('Nothing was sent.')
    chain.pool = []
    const txHash = `0x${'9'.repeat(64)}` as const
    chain.mined.push({ ...stolen, txHash, receipt: { txHash, status: 'success', blockNumber: chain.height } })
    chain.mining = true
    expect(await answer).toMatchObject({ outcome: 'done_by_us' })
    expect(chain.mined.map(({ nonce }) => nonce)).toEqual([0, 1])
  })
})

describe('A stuck transaction', () => {
  test('is paid an eighth more every three blocks until a miner takes it, under the same nonce', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    chain.leastTip = 6n
    const outcome = await createTxManager(ports, policy, running()).submit(challenge(1))
    expect(outcome).toMatchObject({ outcome: 'done_by_us', txHash: chain.mined[0]?.txHash })
    const tips = chain.broadcasts.map(({ maxPriorityFeePerGas }) => maxPriorityFeePerGas)
    expect(tips.length).toBeGreaterThan(2)
    expect(tips).toEqual([...tips].sort((left, right) => Number(left - right)))
    expect(new Set(chain.broadcasts.map(({ nonce }) => nonce))).toEqual(new Set([0]))
    expect(ports.log.said.filter(({ sentence }) => sentence === 'transaction sent')).toHaveLength(1)
  })

  test('never costs more than the ceiling, and goes on waiting there', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    chain.mining = false
    const answer = createTxManager(ports, { ...policy, feeCeiling: 40n as Wei }, running()).submit(challenge(1))
    for (let blocks = 0; blocks < 100; blocks++) await ports.sleep(1)
    expect(Math.max(...chain.broadcasts.map(({ maxFeePerGas }) => Number(maxFeePerGas)))).toBeLessThanOrEqual(40)
    expect(ports.log.said.some(({ sentence }) => sentence === 'transaction is stuck and cannot be paid more')).toBe(
      true,
    )
    chain.mining = true
    expect(await answer).toMatchObject({ outcome: 'done_by_us' })
  })

  test('an earlier version that is mined after all counts', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    chain.mining = false
    const answer = createTxManager(ports, policy, running()).submit(challenge(1))
    while (chain.broadcasts.length < 2) await ports.sleep(1)
    const [first] = chain.broadcasts
    chain.pool = first ? [first] : []
    chain.mining = true
    expect(await answer).toMatchObject({ outcome: 'done_by_us', txHash: first?.txHash })
  })
})

describe('The node goes away', () => {
  test('while it takes the transaction: it is sent once, and announced once', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    chain.receptions = ['gone, but it took it']
    expect(await createTxManager(ports, policy, running()).submit(challenge(1))).toMatchObject({
      outcome: 'done_by_us',
    })
    expect(chain.mined).toHaveLength(1)
    expect(new Set(chain.broadcasts.map(({ txHash }) => txHash)).size).toBe(1)
  })

  test('before it takes the transaction: it gets it when it is back', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    chain.receptions = ['gone', 'gone']
    expect(await createTxManager(ports, policy, running()).submit(challenge(1))).toMatchObject({
      outcome: 'done_by_us',
    })
    expect(ports.log.said.filter(({ sentence }) => sentence === 'transaction sent')).toHaveLength(1)
  })

  test('for a while after that: the answer only comes later', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    chain.mining = false
    const answer = createTxManager(ports, policy, running()).submit(challenge(1))
    while (chain.pool.length === 0) await ports.sleep(1)
    chain.gone = true
    for (let polls = 0; polls < 10; polls++) await ports.sleep(1)
    chain.gone = false
    chain.mining = true
    expect(await answer).toMatchObject({ outcome: 'done_by_us' })
  })

  test('before anything was signed: the caller hears of it', async () => {
    const chain = fakeChain()
    const { challenge } = exits(chain)
    chain.gone = true
    const manager = createTxManager(world(chain), policy, running())
    await expect(manager.submit(challenge(1))).rejects.toMatchObject({ code: 'NODE_GONE' })
  })
})

describe('The chain is reorganised', () => {
  test('before the confirmations: the transaction is waited for again', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge, challenged } = exits(chain)
    const answer = createTxManager(ports, { ...policy, confirmations: 8 }, running()).submit(challenge(1))
    while (chain.mined.length === 0) await ports.sleep(1)
    chain.mined = []
    challenged.clear()
    expect(await answer).toMatchObject({ outcome: 'done_by_us' })
    expect(chain.mined).toHaveLength(1)
  })

  test('after we were done: asked again, the same transaction is sent again', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge, challenged } = exits(chain)
    const manager = createTxManager(ports, policy, running())
    const first = await manager.submit(challenge(1))
    chain.mined = []
    challenged.clear()
    expect(await manager.submit(challenge(1))).toMatchObject({ outcome: 'done_by_us', txHash: first.txHash })
    expect(chain.mined).toHaveLength(1)
  })

  test('after we were done, and Carol did it instead: nothing is sent', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    const manager = createTxManager(ports, policy, running())
    await manager.submit(challenge(1))
    chain.mined = []
    expect(await manager.submit(challenge(1))).toMatchObject({ outcome: 'done_by_other' })
    expect(chain.broadcasts).toHaveLength(1)
  })
})

describe('The program ends in the middle', () => {
  test('what was sent is followed by the next one, and whoever asks gets its end', async () => {
    const chain = fakeChain()
    const store = memoryStore()
    const ports = world(chain, store)
    const { challenge } = exits(chain)
    const first = new AbortController()
    chain.mining = false
    const answer = createTxManager(ports, policy, first.signal).submit(challenge(1))
    while (chain.pool.length === 0) await ports.sleep(1)
    first.abort()
    await expect(answer).rejects.toMatchObject({ code: 'SUBMISSION_INTERRUPTED', retryable: true })

    chain.pool = []
    chain.mining = true
    const next = world(chain, memoryStore(store.records))
    const manager = createTxManager(next, policy, running())
    await manager.resume()
    expect(await manager.submit(challenge(1))).toMatchObject({ outcome: 'done_by_us' })
    expect(chain.mined).toHaveLength(1)
    expect(next.log.said.filter(({ sentence }) => sentence === 'transaction sent')).toEqual([])
  })

  test('with nobody asking again, the journal still learns the end', async () => {
    const chain = fakeChain()
    const store = memoryStore()
    const ports = world(chain, store)
    const { challenge } = exits(chain)
    const first = new AbortController()
    chain.mining = false
    const answer = createTxManager(ports, policy, first.signal).submit(challenge(1))
    while (chain.pool.length === 0) await ports.sleep(1)
    first.abort()
    await answer.catch(() => undefined)
    chain.mining = true
    await createTxManager(ports, policy, running()).resume()
    while (store.records.get('challenge:1')?.state === 'pending') await ports.sleep(1)
    expect(store.records.get('challenge:1')).toMatchObject({ state: 'ended', outcome: { outcome: 'done_by_us' } })
  })

  test('between the journal and the first broadcast: the next one sends it, and announces it', async () => {
    const chain = fakeChain()
    const store = memoryStore()
    const ports = world(chain, store)
    const { challenge } = exits(chain)
    const first = new AbortController()
    chain.receptions = ['gone', 'gone', 'gone']
    const answer = createTxManager(
      {
        ...ports,
        sleep: async () => {
          first.abort()
        },
      },
      policy,
      first.signal,
    ).submit(challenge(1))
    await expect(answer).rejects.toMatchObject({ code: 'SUBMISSION_INTERRUPTED' })
    expect(chain.pool).toEqual([])
    chain.receptions = []
    const manager = createTxManager(ports, policy, running())
    await manager.resume()
    expect(await manager.submit(challenge(1))).toMatchObject({ outcome: 'done_by_us' })
    expect(ports.log.said.filter(({ sentence }) => sentence === 'transaction sent')).toHaveLength(1)
  })
})

describe('Whatever the node does', () => {
  const trouble = fc.constantFrom<FakeChain['receptions'][number]>(
    'gone',
    'gone, but it took it',
    { ok: false, why: 'refused', reason: 'busy' },
    { ok: false, why: 'insufficient_funds' },
    { ok: true },
  )

  test('each exit is challenged by at most one transaction of ours that counts, and nonces have no gap', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(trouble, { maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        async (receptions, exitsAtOnce) => {
          const chain = fakeChain()
          const ports = world(chain)
          const { challenge } = exits(chain)
          chain.receptions = receptions.filter((reception) => typeof reception === 'string' || !reception.ok)
          const manager = createTxManager(ports, policy, running())
          const submit = async (id: number): Promise<Outcome> => {
            try {
              return await manager.submit(challenge(id))
            } catch {
              return submit(id)
            }
          }
          const ids = Array.from({ length: exitsAtOnce }, (_, at) => at)
          const outcomes = await Promise.all(ids.map(submit))
          expect(outcomes.every(({ outcome }) => outcome === 'done_by_us')).toBe(true)
          expect(chain.mined.filter(({ receipt }) => receipt.status === 'success')).toHaveLength(exitsAtOnce)
          expect(chain.mined.map(({ nonce }) => nonce)).toEqual(chain.mined.map((_, at) => at))
        },
      ),
      { numRuns: 60 },
    )
  })
})
