import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Wei } from '../../src/plasma/units.ts'
import { beyondBudget } from '../../src/tx/budget.ts'
import { createTxManager } from '../../src/tx/tx-manager.ts'
import { exits } from './exits.ts'
import { fakeChain, policy, world } from './fake-chain.ts'

let life = new AbortController()
afterEach(() => {
  life.abort()
  life = new AbortController()
})

const wei = fc.bigInt({ min: 0n, max: 1_000n }).map((value) => value as Wei)
const budget = fc.record({ gasPerDay: wei, lockedBonds: wei })
const spending = fc.record({ gas: wei, bonds: wei })

describe('A budget', () => {
  test('has room exactly for what stays within it', () => {
    fc.assert(
      fc.property(budget, spending, fc.tuple(wei, wei), (given, spent, [gas, bond]) => {
        const fits = spent.gas + gas <= given.gasPerDay && (bond === 0n || spent.bonds + bond <= given.lockedBonds)
        expect(beyondBudget(spent, { gas, bond }, given) === undefined).toBe(fits)
      }),
    )
  })

  test('does not stop what saves more own money than its gas costs', () => {
    const full = { gasPerDay: 0n as Wei, lockedBonds: 100n as Wei }
    const spent = { gas: 0n as Wei, bonds: 0n as Wei }
    const bill = { gas: 10n as Wei, bond: 5n as Wei, own: true }
    expect(beyondBudget(spent, { ...bill, stake: 11n as Wei }, full)).toBeUndefined()
    expect(beyondBudget(spent, bill, full)).toBeUndefined()
    expect(beyondBudget(spent, { ...bill, stake: 10n as Wei }, full)).toContain('gas budget')
    expect(beyondBudget(spent, { ...bill, own: false, stake: 11n as Wei }, full)).toContain('gas budget')
    expect(beyondBudget(spent, { ...bill, bond: 101n as Wei }, full)).toContain('bonds')
  })
})

describe('Beyond the budget', () => {
  test('of a day an answer is refused with an alarm, and given the day after', async () => {
    const chain = fakeChain()
    const ports = world(chain)
    const { challenge } = exits(chain)
    // One challenge costs 150 gas at 10 wei; the next is expected to cost 12 wei each.
    const manager = createTxManager(ports, { ...policy, gasPerDay: 3_299n as Wei }, life.signal)
    expect(await manager.submit(challenge(1))).toMatchObject({ outcome: 'done_by_us' })
    const refused = await manager.submit(challenge(2))
    expect(refused).toMatchObject({ outcome: 'refused' })
    expect(refused.reason).toContain('3299')
    expect(ports.alarms).toMatchObject([{ kind: 'answer_refused', subject: 'challenge:2', level: 'critical' }])
    expect(chain.broadcasts).toHaveLength(1)
    expect(await manager.submit({ ...challenge(3), own: true, stake: 2_000n as Wei })).toMatchObject({
      outcome: 'done_by_us',
    })
    chain.height += 86_400n
    expect(await manager.submit(challenge(2))).toMatchObject({ outcome: 'done_by_us' })
  })

  test('of bonds one that posts a bond is refused, until those that are out count as home', async () => {
    const chain = fakeChain()
    const { challenge } = exits(chain)
    const manager = createTxManager(world(chain), { ...policy, lockedBonds: 10n as Wei }, life.signal)
    const bond = (id: number) => ({ ...challenge(id), value: 6n as Wei })
    expect(await manager.submit(bond(1))).toMatchObject({ outcome: 'done_by_us' })
    expect(await manager.submit(bond(2))).toMatchObject({ outcome: 'refused' })
    expect(await manager.submit(challenge(3))).toMatchObject({ outcome: 'done_by_us' })
    chain.height += policy.bondSeconds
    expect(await manager.submit(bond(2))).toMatchObject({ outcome: 'done_by_us' })
  })

  test('what waits unmined counts as well', async () => {
    const chain = fakeChain()
    chain.mining = false
    const ports = world(chain)
    const { challenge } = exits(chain)
    const manager = createTxManager(ports, { ...policy, lockedBonds: 10n as Wei }, life.signal)
    const both = [1, 2].map((id) => manager.submit({ ...challenge(id), value: 6n as Wei }))
    while (ports.alarms.length === 0) await ports.sleep(1)
    chain.mining = true
    const outcomes = (await Promise.all(both)).map(({ outcome }) => outcome)
    expect(outcomes).toEqual(['done_by_us', 'refused'])
  })
})
