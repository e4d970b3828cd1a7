import { afterEach, describe, expect, test } from '@jest/globals'
import type { Wei } from '../../src/plasma/units.ts'
import { createTxManager } from '../../src/tx/tx-manager.ts'
import { account, fakeChain, policy, world } from './fake-chain.ts'
import { exits } from './exits.ts'

let life = new AbortController()
const running = () => life.signal
afterEach(() => {
  life.abort()
  life = new AbortController()
})

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
    expect(await ports.store.get('challenge:1')).toMatchObject({ state: 'planned' })
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
    const record = await ports.store.get('challenge:1')
    expect(record).toMatchObject({ state: 'planned' })
    expect(record?.slot).toBeUndefined()
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
    chain.mined.push({
      ...stolen,
      txHash,
      receipt: { txHash, status: 'success', blockNumber: chain.height, fee: 0n as Wei },
    })
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
    const answer = createTxManager(ports, { ...policy, maxFee: 40n as Wei }, running()).submit(challenge(1))
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
