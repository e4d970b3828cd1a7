import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { exitableAt, exitCalls, queuedExit } from './exit-game-exits.ts'
import type { Coin } from './exit-game-coins.ts'
import { IFE_BOND, names, only, openStage, PB_BOND, PERIOD, type Stage } from './exit-game-stage.ts'

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

describe('starting an in-flight exit', () => {
  test('anybody may, and the contract records both sides', async () => {
    const { coin, payment } = await inFlight()
    const started = await calls.startInFlightExit(payment, { by: 'mallory' })
    expect(names(started)).toEqual(['InFlightExitStarted'])
    const exit = await calls.inFlightExit(payment)
    expect(exit).toMatchObject({
      isCanonical: true,
      exitStartTimestamp: await stage.now(),
      exitMap: 0n,
      position: coin.utxoPos,
      bondSize: IFE_BOND,
      oldestCompetitorPosition: 0n,
    })
    expect(exit.bondOwner.toLowerCase()).toBe(stage.accounts.mallory.address)
    expect(exit.inputs.map(({ amount }) => amount)).toEqual([5n, 0n, 0n, 0n])
    expect(exit.outputs.map(({ amount }) => amount)).toEqual([3n, 2n, 0n, 0n])
  })

  test('its position is that of the youngest input, wherever that stands', async () => {
    const old = await stage.deposit('alice', 5n)
    const young = await stage.deposit('carol', 5n)
    const payment = stage.pay([young, old], { to: 'bob', amount: 10n })
    await calls.startInFlightExit(payment)
    expect(await calls.inFlightExit(payment)).toMatchObject({ position: young.utxoPos })
  })

  test('four inputs and four outputs of two tokens fit', async () => {
    const { token } = stage.deployment
    const inputs: Coin[] = []
    for (const currency of [undefined, token, undefined, token]) inputs.push(await stage.deposit('alice', 5n, currency))
    const payment = stage.pay(
      inputs,
      { to: 'bob', amount: 10n },
      { to: 'bob', amount: 4n, currency: token },
      { to: 'carol', amount: 5n, currency: token },
      { to: 'alice', amount: 1n, currency: token },
    )
    const { receipt } = await calls.startInFlightExit(payment)
    expect(receipt.status).toBe('success')
  })

  test('a second one of the same transaction is refused while the first is open', async () => {
    const { payment } = await inFlight()
    await calls.startInFlightExit(payment)
    await expect(calls.startInFlightExit(payment)).rejects.toThrow(
      'There is an active in-flight exit from this transaction',
    )
  })

  test('a payment may create fee outputs, and spend what a fee transaction claimed', async () => {
    const coin = await stage.deposit('alice', 5n)
    const payment = stage.pay([coin], { to: 'bob', amount: 5n, outputType: 2 })
    const [included] = await stage.include(payment)
    const next = stage.pay([included?.coins[0] ?? coin], { to: 'carol', amount: 5n })
    expect(names(await calls.startInFlightExit(next))).toEqual(['InFlightExitStarted'])
  })

  test('wrong data is refused with its reason', async () => {
    const { coin, payment } = await inFlight()
    const refused = (reason: string, other: Parameters<typeof calls.startInFlightExit>[1]) =>
      expect(calls.startInFlightExit(payment, other)).rejects.toThrow(reason)
    await refused('Input value must match msg.value', { value: IFE_BOND - 1n })
    await refused('Number of input transactions does not match', { inputTxs: [] })
    await refused('does not match number of in-flight transaction inputs', { inputUtxosPos: [] })
    await refused('does not match number of in-flight transaction inputs', { inputTxsInclusionProofs: [] })
    await refused('does not match number of in-flight transaction inputs', { inFlightTxWitnesses: ['0x', '0x'] })
    const wrongProof = coin.proof.replace(/..$/, '00')
    await refused('Input transaction is not standard finalized', { inputTxsInclusionProofs: [wrongProof] })
    await refused('Input transaction is not standard finalized', { inputUtxosPos: [coin.utxoPos + 10_000n] })
    await refused('Failed to recover the signer from the signature', { inFlightTxWitnesses: ['0x'] })
    const other = stage.pay([coin], { to: 'bob', amount: 1n })
    await refused('Tx is not signed correctly', { inFlightTxWitnesses: other.witnesses })
  })

  test('money from nothing, twice the same input, and a deposit are refused', async () => {
    const coin = await stage.deposit('alice', 5n)
    const tooMuch = stage.pay([coin], { to: 'bob', amount: 6n })
    await expect(calls.startInFlightExit(tooMuch)).rejects.toThrow('Invalid state transition')
    const otherToken = stage.pay([coin], { to: 'bob', amount: 1n, currency: stage.deployment.token })
    await expect(calls.startInFlightExit(otherToken)).rejects.toThrow('Invalid state transition')
    const twice = stage.pay([coin, coin], { to: 'bob', amount: 10n })
    await expect(calls.startInFlightExit(twice)).rejects.toThrow('In-flight transaction must have unique inputs')
    const deposit = { tx: coin.tx, inputs: [], payees: [], witnesses: [] }
    await expect(calls.startInFlightExit(deposit)).rejects.toThrow('In-flight transaction must have inputs')
  })
})

describe('piggybacks', () => {
  test('both sides join with a bond; only the first of a token is queued', async () => {
    const { payment } = await inFlight()
    await calls.startInFlightExit(payment)
    const first = await calls.piggybackOnInput(payment, 0)
    expect(names(first)).toEqual(['ExitQueued', 'InFlightExitInputPiggybacked'])
    expect(queuedExit(first)).toBe(await calls.inFlightExitId(payment))
    const second = await calls.piggybackOnOutput(payment, 1)
    expect(names(second)).toEqual(['InFlightExitOutputPiggybacked'])
    expect(only(second, 'InFlightExitOutputPiggybacked')).toMatchObject({ outputIndex: 1 })
    const exit = await calls.inFlightExit(payment)
    expect(exit.exitMap).toBe(0b0010_0001n)
    expect(exit.inputs[0]?.piggybackBondSize).toBe(PB_BOND)
    expect(exit.outputs[1]?.piggybackBondSize).toBe(PB_BOND)
  })

  test('the time of processing counts from the first piggyback, and two periods from the youngest input', async () => {
    const { coin, payment } = await inFlight()
    const deposited = await stage.now()
    await stage.pass(100n)
    await calls.startInFlightExit(payment)
    expect(exitableAt(await calls.piggybackOnInput(payment, 0))).toBe(deposited + 2n * PERIOD)

    await stage.pass(3n * PERIOD)
    const late = stage.pay([coin], { to: 'carol', amount: 5n })
    await calls.startInFlightExit(late)
    await stage.pass(PERIOD / 2n - 2n)
    const joined = await calls.piggybackOnOutput(late, 0)
    expect(exitableAt(joined)).toBe((await stage.now()) + PERIOD)
  })

  test('each token has its own queue entry', async () => {
    const { token } = stage.deployment
    const inputs = [await stage.deposit('alice', 5n), await stage.deposit('alice', 7n, token)]
    const payment = stage.pay(inputs, { to: 'bob', amount: 5n }, { to: 'bob', amount: 7n, currency: token })
    await calls.startInFlightExit(payment)
    expect(names(await calls.piggybackOnOutput(payment, 0))).toContain('ExitQueued')
    expect(names(await calls.piggybackOnOutput(payment, 1))).toContain('ExitQueued')
    expect(names(await calls.piggybackOnInput(payment, 1))).not.toContain('ExitQueued')
  })

  test('only the owner, with the bond, once, on a side that there is', async () => {
    const { payment } = await inFlight()
    await expect(calls.piggybackOnInput(payment, 0)).rejects.toThrow('No in-flight exit to piggyback on')
    await calls.startInFlightExit(payment)
    await expect(calls.piggybackOnInput(payment, 0, { by: 'bob' })).rejects.toThrow(
      'Can be called only by the exit target',
    )
    await expect(calls.piggybackOnInput(payment, 0, { value: 1n })).rejects.toThrow('Input value must match msg.value')
    await expect(calls.piggybackOnInput(payment, 1)).rejects.toThrow('Indexed input is empty')
    await expect(calls.piggybackOnInput(payment, 4)).rejects.toThrow('Invalid input index')
    await expect(calls.piggybackOnOutput(payment, 2)).rejects.toThrow('Indexed output is empty')
    await expect(calls.piggybackOnOutput(payment, 4)).rejects.toThrow('Invalid output index')
    await calls.piggybackOnInput(payment, 0)
    await expect(calls.piggybackOnInput(payment, 0)).rejects.toThrow('Indexed input already piggybacked')
    await calls.piggybackOnOutput(payment, 0)
    await expect(calls.piggybackOnOutput(payment, 0)).rejects.toThrow('Indexed output already piggybacked')
  })

  test('the first phase is half a period', async () => {
    const { payment } = await inFlight()
    await calls.startInFlightExit(payment)
    const started = await stage.now()
    await stage.passUntil(started + PERIOD / 2n)
    await expect(calls.piggybackOnInput(payment, 0)).rejects.toThrow(
      'Piggyback is possible only in the first phase of the exit period',
    )
  })
})

describe('an in-flight exit that nobody joins', () => {
  test('is deleted after the first phase, and its bond goes back', async () => {
    const { payment } = await inFlight()
    await calls.startInFlightExit(payment, { by: 'alice' })
    const exitId = await calls.inFlightExitId(payment)
    await expect(calls.deleteInFlightExit(exitId)).rejects.toThrow('Cannot delete in-flight exit still in first phase')
    await stage.pass(PERIOD / 2n)
    const before = await stage.balance('alice')
    const deleted = await calls.deleteInFlightExit(exitId)
    expect(only(deleted, 'InFlightExitDeleted')).toEqual({ exitId })
    expect(await stage.balance('alice')).toBe(before + IFE_BOND)
    expect(await calls.inFlightExit(payment)).toMatchObject({ exitStartTimestamp: 0n })
    await expect(calls.deleteInFlightExit(exitId)).rejects.toThrow('In-flight exit does not exist')
  })

  test('is not deleted once somebody joined', async () => {
    const { payment } = await inFlight()
    await calls.startInFlightExit(payment)
    await calls.piggybackOnOutput(payment, 0)
    await stage.pass(PERIOD / 2n)
    await expect(calls.deleteInFlightExit(await calls.inFlightExitId(payment))).rejects.toThrow('already piggybacked')
  })
})
