import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Archive } from '../../src/chain/sources.ts'
import { inFlightExitId } from '../../src/exit-game/exit-id.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { depositTransaction, encodePayment } from '../../src/plasma/encode-transaction.ts'
import { type Address, ETH, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import { bytes, inFlightArgs, known, openWallet, type WalletStage } from './contract-wallet.ts'
import type { Coin, Included, Payment } from './exit-game-coins.ts'
import { exitCalls } from './exit-game-exits.ts'
import { IFE_BOND, openStage, PERIOD, SE_BOND, type Stage } from './exit-game-stage.ts'

// Only against hanging: the first start compiles the contracts.
jest.setTimeout(300_000)

let stage: Stage
let calls: ReturnType<typeof exitCalls>
let on: WalletStage
let begin: string

beforeAll(async () => {
  stage = await openStage()
  calls = exitCalls(stage)
  on = await openWallet(stage)
})
afterAll(() => stage.close())
beforeEach(async () => {
  begin = await stage.snapshot()
})
afterEach(() => stage.revert(begin))

describe('trap 15: exits started through another contract', () => {
  test('two standard exits and an in-flight exit in one transaction: each finds its own', async () => {
    const [first, second] = (await on.walletCoins(5n, 7n)) as [Coin, Coin]
    const payment = stage.pay([await stage.deposit('alice', 9n)], { to: 'bob', amount: 9n })
    const done = await on.multicall(on.startOf(second), on.startInFlightOf(payment), on.startOf(first))
    const { events, unreadable } = await on.read(done)
    expect(unreadable).toEqual([])
    expect(events).toMatchObject([
      { type: 'ExitStarted', owner: on.wallet, utxoPos: second.utxoPos, outputTx: bytes(second.tx), exitable: true },
      { ...known(payment), initiator: on.wallet },
      { type: 'ExitStarted', owner: on.wallet, utxoPos: first.utxoPos, outputTx: bytes(first.tx), exitable: true },
    ])
    // Three events of one contract in one transaction.
    expect(new Set(events.map(({ occurrence }) => occurrence.rank)).size).toBe(3)
  })

  test('by a wrapper with arguments of its own: the pieces are found, and the contract says which', async () => {
    const [coin] = (await on.walletCoins(5n)) as [Coin]
    const game = on.deployment.paymentExitGame
    const exit = await on.throughWallet('exit', [game, coin.utxoPos, coin.tx, coin.proof], SE_BOND)
    expect((await on.read(exit)).events).toMatchObject([{ utxoPos: coin.utxoPos, outputTx: bytes(coin.tx) }])
    const inputs = [await stage.deposit('alice', 4n), await stage.deposit('bob', 5n)]
    const payment = stage.pay(inputs, { to: 'carol', amount: 9n })
    const args = Object.values(inFlightArgs(payment))
    const inFlight = await on.throughWallet('exitInFlight', [game, ...args], IFE_BOND)
    expect((await on.read(inFlight)).events).toMatchObject([known(payment)])
  })

  test('by a contract that was told before: our own archive has the output, a trace has everything', async () => {
    const [coin] = (await on.walletCoins(5n)) as [Coin]
    const payment = stage.pay([await stage.deposit('alice', 9n)], { to: 'bob', amount: 9n })
    const done = await on.scripted([on.startOf(coin), on.startInFlightOf(payment)])
    const both = [{ utxoPos: coin.utxoPos, outputTx: bytes(coin.tx) }, known(payment)]
    expect(await on.read(done, { traces: true })).toMatchObject({ events: both, unreadable: [] })
    const archive: Archive = (utxoPos) => (utxoPos === coin.utxoPos ? bytes(coin.tx) : undefined)
    expect(await on.read(done, { archive })).toMatchObject({
      events: both.slice(0, 1),
      unreadable: [{ what: 'InFlightExitStarted without its calldata' }],
    })
    const liar: Archive = () => bytes(payment.tx)
    const blind = await on.read(done, { archive: liar })
    expect(blind.events).toEqual([])
    expect(blind.unreadable).toHaveLength(2)
  })

  test('one that nobody can read does not block the others', async () => {
    const [coin, other] = (await on.walletCoins(5n, 6n)) as [Coin, Coin]
    const done = await on.scripted([on.startOf(coin)])
    await on.multicall(on.startOf(other))
    await calls.startStandardExit(await stage.deposit('alice', 3n))
    const { events, unreadable } = await on.read(done, { to: await on.headNow() })
    expect(unreadable).toMatchObject([
      { txHash: done.receipt.transactionHash, what: 'ExitStarted without its calldata' },
    ])
    expect(events.map(({ type }) => type)).toEqual(['ExitStarted', 'DepositCreated', 'ExitStarted'])
  })
})

describe('Decoys in the calldata do not win', () => {
  /** A transaction that is in no block, to the same owner, and one that is Mallory's. */
  const forged = (owner: Address) => depositTransaction({ owner, currency: ETH, amount: 9n as Wei })

  test('of an in-flight exit, while the contract holds it and when it is gone', async () => {
    const { alice, mallory } = stage.accounts
    const coin = await stage.deposit('alice', 9n)
    const payment = stage.pay([coin], { to: 'bob', amount: 9n })
    const signedByMallory = stage.pay([{ ...coin, owner: 'mallory' }], { to: 'bob', amount: 9n })
    const foreign = encodePayment({
      inputs: [],
      outputs: [{ outputType: 1, owner: alice.address, currency: ETH, amount: 8n as Wei }],
    })
    const decoys = [
      on.startInFlightOf(payment, { inputTxs: [toHex(foreign)] }),
      on.startInFlightOf(payment, { inFlightTxWitnesses: [`0x${'11'.repeat(65)}`] }),
      on.startInFlightOf(payment, {
        inputTxs: [toHex(forged(mallory.address))],
        inFlightTxWitnesses: signedByMallory.witnesses,
      }),
    ]
    const done = await on.multicall(...decoys.map(on.decoyOf), on.startInFlightOf(payment), ...decoys.map(on.decoyOf))
    expect(await on.read(done)).toMatchObject({ events: [known(payment)], unreadable: [] })
    await stage.pass(PERIOD)
    await calls.deleteInFlightExit(inFlightExitId(bytes(payment.tx)))
    const late = await on.read(done, { to: await on.headNow() })
    expect(late.events).toMatchObject([{ ...known(payment), contractTimestamp: 0n }, { type: 'InFlightExitDeleted' }])
    expect(late.unreadable).toEqual([])
  })

  test('of a standard exit at another position, while the contract holds it and when it is gone', async () => {
    const [deposit] = (await on.walletCoins(5n)) as [Coin]
    // The on.wallet cannot sign, so somebody pays it.
    const alices = await stage.deposit('alice', 9n)
    const raw = encodePayment({
      inputs: [alices.utxoPos],
      outputs: [{ outputType: 1, owner: on.wallet, currency: ETH, amount: 9n as Wei }],
    })
    const [paid] = await stage.include({ tx: toHex(raw), inputs: [alices], payees: [], witnesses: [] })
    const coin = { utxoPos: (paid?.txPos ?? 0n) as UtxoPos, tx: toHex(raw), proof: paid?.proof ?? '0x' }
    const elsewhere = on.startOf({ ...coin, utxoPos: (coin.utxoPos + 70_000n) as UtxoPos })
    const done = await on.multicall(on.decoyOf(elsewhere), on.startOf(coin), on.startOf(deposit))
    const both = [{ utxoPos: coin.utxoPos, outputTx: raw }, { utxoPos: deposit.utxoPos }]
    expect(await on.read(done)).toMatchObject({ events: both, unreadable: [] })
    await stage.pass(3n * PERIOD)
    await stage.processExits()
    const late = await on.read(done, { to: await on.headNow() })
    expect(late.events).toMatchObject([...both.map((exit) => ({ ...exit, exitable: false })), {}, {}])
    expect(late.unreadable).toEqual([])
  })

  test('shown to a contract that does something else: what it did is found in a trace, or nowhere', async () => {
    const coin = await stage.deposit('alice', 9n)
    const payment = stage.pay([coin], { to: 'bob', amount: 9n })
    const decoy = on.startInFlightOf(payment, { inFlightTxWitnesses: [`0x${'22'.repeat(65)}`] })
    const done = await on.scripted([on.startInFlightOf(payment)], decoy.data)
    expect((await on.read(done, { traces: true })).events).toMatchObject([known(payment)])
    expect((await on.read(done)).unreadable).toHaveLength(1)
  })

  test('of competitors: the position tells which, and only the owner’s signature counts', async () => {
    const { mallory } = stage.accounts
    const coin = await stage.deposit('alice', 9n)
    const payment = stage.pay([coin], { to: 'bob', amount: 9n })
    const competitor = stage.pay([coin], { to: 'carol', amount: 9n })
    const [older] = (await stage.include(stage.pay([coin], { to: 'alice', amount: 9n }))) as [Included]
    await calls.startInFlightExit(payment)
    const fake = stage.pay([{ ...coin, owner: 'mallory' }], { to: 'mallory', amount: 9n })
    const change = { inputTx: toHex(forged(mallory.address)) }
    const decoys = [
      on.challengeOf(payment, fake, change),
      on.challengeOf(payment, { ...fake, txPos: older.txPos, proof: older.proof }, change),
      on.challengeOf(payment, payment),
    ].map(on.decoyOf)
    const done = await on.multicall(...decoys, on.challengeOf(payment, competitor), on.challengeOf(payment, older))
    const told = (from: Payment) => ({
      competingTx: bytes(from.tx),
      competingTxInputIndex: 0,
      competingTxSignature: bytes(from.witnesses[0]),
      challenger: on.wallet,
    })
    const challenges = [
      { ...told(competitor), competitorPosition: 2n ** 256n - 1n },
      { ...told(older), competitorPosition: older.txPos },
    ]
    expect(await on.read(done)).toMatchObject({ events: challenges, unreadable: [] })
    await stage.pass(PERIOD)
    await calls.deleteInFlightExit(inFlightExitId(bytes(payment.tx)))
    const archive: Archive = () => bytes(coin.tx)
    const late = await on.read(done, { archive, to: await on.headNow() })
    expect(late.events.slice(0, 2)).toMatchObject(challenges)
  })
})

test('traps 8 and 30: the states of many exits in one batch, each its own', async () => {
  const coins: Coin[] = []
  for (const amount of [1n, 2n, 3n]) coins.push(await stage.deposit('alice', amount))
  const spender = stage.pay(coins.slice(0, 1), { to: 'bob', amount: 1n })
  const payments = coins.map((coin) => stage.pay([coin], { to: 'bob', amount: coin.amount }))
  const [first, ...others] = payments
  if (!first) throw new Error('No payment')
  const started = await calls.startInFlightExit(first)
  for (const payment of others) {
    await stage.pass(11n)
    await calls.startInFlightExit(payment)
  }
  for (const coin of coins) await calls.startStandardExit(coin)
  const exits = (await on.read(started, { to: await on.headNow() })).events.filter(
    (event) => event.type === 'ExitStarted',
  )
  const [challenged] = exits
  const [coin] = coins
  if (!challenged || !coin) throw new Error('No exit')
  await calls.challengeStandardExit({ coin, exitId: challenged.exitId, spender })
  const { events } = await on.read(started, { to: await on.headNow() })
  const times = events.flatMap((event) => (event.type === 'InFlightExitStarted' ? [event] : []))
  expect(times).toHaveLength(3)
  for (const { contractTimestamp, timestamp } of times) expect(contractTimestamp).toBe(timestamp)
  expect(events.flatMap((event) => (event.type === 'ExitStarted' ? [event.exitable] : []))).toEqual([false, true, true])
})

test('trap 27: of an in-flight exit that was started again, the first life is over', async () => {
  const payment = stage.pay([await stage.deposit('alice', 9n)], { to: 'bob', amount: 9n })
  const first = await calls.startInFlightExit(payment)
  await stage.pass(PERIOD)
  await calls.deleteInFlightExit(inFlightExitId(bytes(payment.tx)))
  await calls.startInFlightExit(payment)
  const { events } = await on.read(first, { to: await on.headNow() })
  const lives = events.flatMap((event) => (event.type === 'InFlightExitStarted' ? [event] : []))
  expect(lives.map(({ contractTimestamp }) => contractTimestamp)).toEqual([0n, lives[1]?.timestamp])
})
