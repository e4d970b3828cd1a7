import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { GuardError } from '../../src/lib/errors.ts'
import type { Outcome } from '../../src/lib/outcome.ts'
import type { Account } from '../../src/tx/chain-access.ts'
import { createTxManager } from '../../src/tx/tx-manager.ts'
import { exits } from './exits.ts'
import { type FakeChain, fakeChain, memoryStore, policy, world } from './fake-chain.ts'

let life = new AbortController()
const running = () => life.signal
afterEach(() => {
  life.abort()
  life = new AbortController()
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

test('a signer that returns something else when asked to pay more: what it signed before is still followed', async () => {
  class SignerUntrueError extends GuardError {
    override readonly code = 'SIGNER_UNTRUE'
  }
  const chain = fakeChain()
  const ports = world(chain)
  const [honest] = ports.accounts
  if (!honest) throw new Error('an account is needed')
  let isTrue = true
  const signer: Account = {
    ...honest,
    signTransaction: async (transaction) => {
      if (!isTrue) throw new SignerUntrueError('It is another transaction.')
      return honest.signTransaction(transaction)
    },
  }
  const { challenge } = exits(chain)
  chain.mining = false
  const answer = createTxManager({ ...ports, accounts: [signer] }, policy, running()).submit(challenge(1))
  while (chain.pool.length === 0) await ports.sleep(1)
  isTrue = false
  for (let polls = 0; polls < 20; polls++) await ports.sleep(1)
  chain.mining = true
  expect(await answer).toMatchObject({ outcome: 'done_by_us' })
  expect(ports.log.said.map(({ sentence }) => sentence)).toContain('could not look after transactions, will try again')
})

test('what was only planned waits when nothing may be begun, and is begun when it may', async () => {
  const chain = fakeChain()
  const store = memoryStore()
  const { challenge } = exits(chain)
  chain.receptions = [{ ok: false, why: 'refused', reason: 'busy' }]
  const first = createTxManager(world(chain, store), policy, running())
  await expect(first.submit(challenge(1))).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED' })
  const ports = world(chain, store)
  await createTxManager(ports, policy, running()).resume({ begin: false })
  for (let polls = 0; polls < 20; polls++) await ports.sleep(1)
  expect(chain.mined).toHaveLength(0)
  await createTxManager(ports, policy, running()).resume()
  for (let polls = 0; polls < 50 && chain.mined.length === 0; polls++) await ports.sleep(1)
  expect(chain.mined).toHaveLength(1)
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
    const next = world(chain, store)
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
    while ((await store.get('challenge:1'))?.state !== 'final') await ports.sleep(1)
    expect(await store.get('challenge:1')).toMatchObject({ outcome: { outcome: 'done_by_us' } })
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

test('while every broadcast fails, the price does not rise with every look', async () => {
  const chain = fakeChain()
  const ports = world(chain)
  const { challenge } = exits(chain)
  chain.mining = false
  const answer = createTxManager(ports, policy, running()).submit(challenge(1))
  while (chain.pool.length === 0) await ports.sleep(1)
  chain.receptions = Array.from({ length: 6 }, () => 'gone' as const)
  const height = chain.height
  while (chain.receptions.length > 0) await ports.sleep(1)
  expect(chain.height - height).toBeGreaterThanOrEqual(15n)
  chain.mining = true
  expect(await answer).toMatchObject({ outcome: 'done_by_us' })
})
