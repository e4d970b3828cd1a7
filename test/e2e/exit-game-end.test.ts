import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { exitableAt, exitCalls, queuedExit } from './exit-game-exits.ts'
import { IFE_BOND, names, openStage, PB_BOND, PERIOD, SE_BOND, type Done, type Stage } from './exit-game-stage.ts'

// Only against hanging: the first start compiles the contracts.
jest.setTimeout(300_000)

let stage: Stage
let calls: ReturnType<typeof exitCalls>
let start: string

beforeAll(async () => {
  stage = await openStage()
  calls = exitCalls(stage)
})
afterAll(() => stage.close())
beforeEach(async () => {
  start = await stage.snapshot()
})
afterEach(() => stage.revert(start))

/** Alice pays Bob 3 of her 5; both join on every side that is theirs. */
async function joined() {
  const coin = await stage.deposit('alice', 5n)
  const payment = stage.pay([coin], { to: 'bob', amount: 3n }, { to: 'alice', amount: 2n })
  await calls.startInFlightExit(payment, { by: 'carol' })
  const first = await calls.piggybackOnInput(payment, 0)
  await calls.piggybackOnOutput(payment, 0)
  await calls.piggybackOnOutput(payment, 1)
  return { coin, payment, dueAt: exitableAt(first) }
}

/** What everybody has gained when the queue is processed. */
async function gains(people: readonly ('alice' | 'bob' | 'carol' | 'mallory')[], work: () => Promise<Done>) {
  const before = await Promise.all(people.map((who) => stage.balance(who)))
  const done = await work()
  const after = await Promise.all(people.map((who) => stage.balance(who)))
  return { done, gained: after.map((balance, index) => balance - (before[index] ?? 0n)) }
}

describe('an in-flight exit is processed', () => {
  test('canonical: the outputs are paid, and every unchallenged bond goes back', async () => {
    const { payment, dueAt } = await joined()
    await stage.passUntil(dueAt)
    expect(names(await stage.processExits())).toEqual(['ProcessedExitsNum'])
    await stage.pass(1n)
    const { done, gained } = await gains(['alice', 'bob', 'carol'], () => stage.processExits())
    expect(names(done).filter((name) => name !== 'EthWithdrawn')).toEqual([
      'InFlightExitOutputWithdrawn',
      'InFlightExitOutputWithdrawn',
      'ProcessedExitsNum',
    ])
    expect(gained).toEqual([2n + 2n * PB_BOND, 3n + PB_BOND, IFE_BOND])
    expect(await calls.inFlightExit(payment)).toMatchObject({ exitStartTimestamp: 0n, exitMap: 0n })
  })

  test('not canonical: the inputs are paid, and the challenger gets the bond of the exit', async () => {
    const { coin, payment, dueAt } = await joined()
    const competitor = stage.pay([coin], { to: 'mallory', amount: 5n })
    await calls.challengeNotCanonical({ inFlight: payment, competitor }, { by: 'mallory' })
    await stage.passUntil(dueAt + 1n)
    const { done, gained } = await gains(['alice', 'bob', 'mallory'], () => stage.processExits())
    expect(names(done)).toContain('InFlightExitInputWithdrawn')
    expect(names(done)).not.toContain('InFlightExitOutputWithdrawn')
    expect(gained).toEqual([5n + 2n * PB_BOND, PB_BOND, IFE_BOND])
  })

  test('a blocked side is not paid', async () => {
    const { coin, payment, dueAt } = await joined()
    const competitor = stage.pay([coin], { to: 'mallory', amount: 5n })
    await calls.challengeNotCanonical({ inFlight: payment, competitor })
    await calls.challengeInputSpent({ inFlight: payment, spender: competitor })
    await stage.passUntil(dueAt + 1n)
    const { done, gained } = await gains(['alice', 'bob'], () => stage.processExits())
    expect(names(done)).toEqual(['ProcessedExitsNum'])
    expect(gained).toEqual([PB_BOND, PB_BOND])
  })

  test('in two tokens: once a queue, and it is gone after the second', async () => {
    const { token } = stage.deployment
    const inputs = [await stage.deposit('alice', 5n), await stage.deposit('alice', 7n, token)]
    const payment = stage.pay(inputs, { to: 'bob', amount: 5n }, { to: 'bob', amount: 7n, currency: token })
    await calls.startInFlightExit(payment, { by: 'carol' })
    await calls.piggybackOnOutput(payment, 0)
    const last = await calls.piggybackOnOutput(payment, 1)
    await stage.passUntil(exitableAt(last) + 1n)
    const ether = await gains(['bob', 'carol'], () => stage.processExits())
    expect(ether.gained).toEqual([5n + PB_BOND, 0n])
    expect(await calls.inFlightExit(payment)).toMatchObject({ exitMap: 0b0010_0000n })
    const tokens = await gains(['bob', 'carol'], () => stage.processExits(token))
    expect(names(tokens.done)).toContain('Erc20Withdrawn')
    expect(tokens.gained).toEqual([PB_BOND, IFE_BOND])
    expect(await calls.inFlightExit(payment)).toMatchObject({ exitStartTimestamp: 0n })
  })

  test('started again afterwards it pays nothing twice', async () => {
    const { payment, dueAt } = await joined()
    await stage.passUntil(dueAt + 1n)
    await stage.processExits()
    expect(names(await calls.startInFlightExit(payment))).toEqual(['InFlightExitStarted'])
    const again = await calls.piggybackOnOutput(payment, 0)
    await stage.passUntil(exitableAt(again) + 1n)
    const { done, gained } = await gains(['bob'], () => stage.processExits())
    expect(names(done)).toEqual(['ProcessedExitsNum'])
    expect(gained).toEqual([PB_BOND])
  })
})

describe('standard and in-flight exits of the same money', () => {
  test('a standard exit of an input that comes first turns the in-flight exit back to its inputs', async () => {
    const alices = await stage.deposit('alice', 5n)
    const carols = await stage.deposit('carol', 7n)
    const payment = stage.pay([alices, carols], { to: 'bob', amount: 12n })
    await calls.startStandardExit(alices)
    await calls.startInFlightExit(payment, { by: 'bob' })
    await calls.piggybackOnInput(payment, 1)
    const last = await calls.piggybackOnOutput(payment, 0)
    await stage.pass(2n * PERIOD + 10n)
    const { done, gained } = await gains(['alice', 'bob', 'carol'], () => stage.processExits())
    expect(names(done)).toContain('InFlightExitInputWithdrawn')
    expect(names(done)).not.toContain('InFlightExitOutputWithdrawn')
    expect(gained).toEqual([5n + SE_BOND, PB_BOND + IFE_BOND, 7n + PB_BOND])
    expect(names(last)).toEqual(['InFlightExitOutputPiggybacked'])
  })

  test('a canonical in-flight exit that comes first leaves nothing for a standard exit of its input', async () => {
    const old = await stage.deposit('alice', 1n)
    const [payment] = await stage.include(stage.pay([old], { to: 'bob', amount: 1n }))
    const coin = payment?.coins[0]
    if (!coin) throw new Error('no coin')
    await stage.pass(3n * PERIOD)
    const next = stage.pay([coin], { to: 'carol', amount: 1n })
    await calls.startInFlightExit(next)
    await calls.piggybackOnOutput(next, 0)
    await stage.pass(10n)
    const standard = await calls.startStandardExit(coin)
    await stage.pass(PERIOD + 10n)
    const done = await stage.processExits()
    expect(names(done)).toEqual(['EthWithdrawn', 'InFlightExitOutputWithdrawn', 'ExitOmitted', 'ProcessedExitsNum'])
    expect(await calls.standardExit(queuedExit(standard))).toMatchObject({ amount: 0n })
  })

  test('two in-flight exits of one input: the loser pays its own inputs, which are gone', async () => {
    const coin = await stage.deposit('alice', 5n)
    const toBob = stage.pay([coin], { to: 'bob', amount: 5n })
    const toCarol = stage.pay([coin], { to: 'carol', amount: 5n })
    for (const payment of [toBob, toCarol]) await calls.startInFlightExit(payment, { by: 'mallory' })
    await calls.piggybackOnOutput(toBob, 0)
    await calls.piggybackOnOutput(toCarol, 0)
    await stage.pass(2n * PERIOD + 10n)
    const { done, gained } = await gains(['bob', 'carol'], () => stage.processExits())
    expect(names(done).filter((name) => name === 'InFlightExitOutputWithdrawn')).toHaveLength(1)
    expect(gained.reduce((sum, gain) => sum + gain)).toBe(5n + 2n * PB_BOND)
  })
})

describe('a receiver that takes no money', () => {
  test('keeps nobody else waiting: its bond stays behind with an event', async () => {
    const { payment, dueAt } = await joined()
    await stage.refuseMoney('carol')
    await stage.passUntil(dueAt + 1n)
    const done = await stage.processExits()
    expect(names(done)).toContain('InFlightBondReturnFailed')
    expect(names(done)).toContain('InFlightExitOutputWithdrawn')
    expect(await calls.inFlightExit(payment)).toMatchObject({ exitStartTimestamp: 0n })
  })

  test('fails when it challenges', async () => {
    const coin = await stage.deposit('alice', 5n)
    const spender = stage.pay([coin], { to: 'bob', amount: 5n })
    const exitId = queuedExit(await calls.startStandardExit(coin))
    await stage.refuseMoney('guard')
    await expect(calls.challengeStandardExit({ coin, exitId, spender })).rejects.toThrow(
      'SafeEthTransfer: failed to transfer ETH',
    )
  })
})
