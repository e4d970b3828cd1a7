import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { exitableAt, exitCalls } from './exit-game-exits.ts'
import type { Coin } from './exit-game-coins.ts'
import { names, only, openStage, PB_BOND, PERIOD, type Stage } from './exit-game-stage.ts'

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

/** Alice pays Bob 3 of her 5, and nobody includes it. */
async function inFlight() {
  const coin = await stage.deposit('alice', 5n)
  const payment = stage.pay([coin], { to: 'bob', amount: 3n }, { to: 'alice', amount: 2n })
  return { coin, payment }
}

describe('piggybacks on what was spent otherwise', () => {
  test('an input spent by another payment is blocked, and the challenger wins the bond', async () => {
    const { coin, payment } = await inFlight()
    const spender = stage.pay([coin], { to: 'carol', amount: 5n })
    await calls.startInFlightExit(payment)
    await calls.piggybackOnInput(payment, 0)
    const before = await stage.balance('guard')
    const blocked = await calls.challengeInputSpent({ inFlight: payment, spender })
    expect(only(blocked, 'InFlightExitInputBlocked')).toMatchObject({ inputIndex: 0 })
    const { gasUsed, effectiveGasPrice } = blocked.receipt
    expect(await stage.balance('guard')).toBe(before + PB_BOND - gasUsed * effectiveGasPrice)
    expect(await calls.inFlightExit(payment)).toMatchObject({ exitMap: 0n })
  })

  test('wrong challenges of an input are refused with their reasons', async () => {
    const { coin, payment } = await inFlight()
    const other = await stage.deposit('alice', 5n)
    const spender = stage.pay([other, coin], { to: 'carol', amount: 5n })
    const refused = (reason: string, args: Record<string, unknown> = {}) =>
      expect(calls.challengeInputSpent({ inFlight: payment, spender }, args)).rejects.toThrow(reason)
    await refused('In-flight exit does not exist')
    await calls.startInFlightExit(payment)
    await refused('The indexed input has not been piggybacked')
    await calls.piggybackOnInput(payment, 0)
    await refused('The indexed input has not been piggybacked', { inFlightTxInputIndex: 1 })
    await refused('Incorrect senderData', { senderData: stage.senderData('carol') })
    await refused('The challenging transaction is the same as the in-flight transaction', { challengingTx: payment.tx })
    await refused('Spent input is not the same as piggybacked input', {
      inputTx: other.tx,
      inputUtxoPos: other.utxoPos,
    })
    await refused('Spending tx points to the incorrect output UTXO position', { challengingTxInputIndex: 0 })
    await refused('Tx is not signed correctly', { challengingTxWitness: payment.witnesses[0] })
    await calls.challengeInputSpent({ inFlight: payment, spender })
    await refused('The indexed input has not been piggybacked')
  })

  test('an input of a payment with more inputs than the creating transaction has outputs', async () => {
    const coins: Coin[] = []
    for (let count = 0; count < 4; count++) coins.push(await stage.deposit('alice', 5n))
    const [last] = coins.slice(-1)
    if (!last) throw new Error('no coin')
    const payment = stage.pay([last], { to: 'bob', amount: 5n })
    const spender = stage.pay(coins, { to: 'carol', amount: 5n })
    await calls.startInFlightExit(payment)
    await calls.piggybackOnInput(payment, 0)
    expect(names(await calls.challengeInputSpent({ inFlight: payment, spender }))).toEqual(['InFlightExitInputBlocked'])
  })

  test('an output that was spent is blocked, when the in-flight transaction was included', async () => {
    const { payment } = await inFlight()
    const [included] = await stage.include(payment)
    if (!included) throw new Error('nothing included')
    const spender = stage.pay(
      [included.coins[1] ?? included.inputs[0]].flatMap((coin) => coin ?? []),
      {
        to: 'carol',
        amount: 2n,
      },
    )
    await calls.startInFlightExit(payment)
    const refused = (reason: string, args: Record<string, unknown> = {}) =>
      expect(calls.challengeOutputSpent({ inFlight: included, spender }, args)).rejects.toThrow(reason)
    await refused('Output is not piggybacked')
    await calls.piggybackOnOutput(payment, 1)
    await refused('Incorrect senderData', { senderData: stage.senderData('carol') })
    await refused('Output is not piggybacked', { outputUtxoPos: included.txPos })
    await refused('In-flight transaction must be standard finalized', {
      inFlightTxInclusionProof: included.proof.replace(/..$/, '00'),
    })
    await refused('Spending tx points to the incorrect output UTXO position', {
      challengingTx: stage.pay(
        [included.inputs[0]].flatMap((coin) => coin ?? []),
        { to: 'bob', amount: 1n },
      ).tx,
    })
    const before = await stage.balance('guard')
    const blocked = await calls.challengeOutputSpent({ inFlight: included, spender })
    expect(only(blocked, 'InFlightExitOutputBlocked')).toMatchObject({ outputIndex: 1 })
    expect(await stage.balance('guard')).toBeGreaterThan(before)
    await refused('Output is not piggybacked')
  })

  test('blocked in the first phase, the owner may join again, and must be challenged again', async () => {
    const { coin, payment } = await inFlight()
    const spender = stage.pay([coin], { to: 'carol', amount: 5n })
    await calls.startInFlightExit(payment)
    await calls.piggybackOnOutput(payment, 0)
    await calls.piggybackOnInput(payment, 0)
    await calls.challengeInputSpent({ inFlight: payment, spender })
    expect(names(await calls.piggybackOnInput(payment, 0))).toEqual(['InFlightExitInputPiggybacked'])
    expect(names(await calls.challengeInputSpent({ inFlight: payment, spender }))).toEqual(['InFlightExitInputBlocked'])
  })

  test('blocked as the only one of its token, it cannot join again at the same time of processing', async () => {
    const { coin, payment } = await inFlight()
    const spender = stage.pay([coin], { to: 'carol', amount: 5n })
    await calls.startInFlightExit(payment)
    await calls.piggybackOnInput(payment, 0)
    await calls.challengeInputSpent({ inFlight: payment, spender })
    await expect(calls.piggybackOnInput(payment, 0)).rejects.toThrow('The same priority is already enqueued')
  })

  test('with an old input that time is another one, and the exit is queued twice', async () => {
    const { coin, payment } = await inFlight()
    const spender = stage.pay([coin], { to: 'carol', amount: 5n })
    await stage.pass(3n * PERIOD)
    await calls.startInFlightExit(payment)
    await calls.piggybackOnInput(payment, 0)
    await calls.challengeInputSpent({ inFlight: payment, spender })
    await stage.pass(10n)
    const again = await calls.piggybackOnInput(payment, 0)
    await stage.passUntil(exitableAt(again) + 1n)
    const processed = await stage.processExits()
    // The first entry ends the exit, which being canonical owes the input nothing; the second finds none.
    expect(names(processed)).toEqual(['InFlightExitOmitted', 'ProcessedExitsNum'])
    expect(only(processed, 'ProcessedExitsNum')).toMatchObject({ processedNum: 2n })
  })

  test('with all piggybacks blocked the exit can be deleted; its queue entry is omitted', async () => {
    const { coin, payment } = await inFlight()
    const spender = stage.pay([coin], { to: 'carol', amount: 5n })
    await calls.startInFlightExit(payment)
    const joined = await calls.piggybackOnInput(payment, 0)
    await calls.challengeInputSpent({ inFlight: payment, spender })
    await stage.pass(PERIOD / 2n)
    await calls.deleteInFlightExit(await calls.inFlightExitId(payment))
    await stage.passUntil(exitableAt(joined) + 1n)
    expect(names(await stage.processExits())).toEqual(['InFlightExitOmitted', 'ProcessedExitsNum'])
  })
})
