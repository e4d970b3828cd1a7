import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { fromHex, toHex } from '../../src/lib/bytes.ts'
import { depositTransaction } from '../../src/plasma/encode-transaction.ts'
import { ETH, type Address, type Wei } from '../../src/plasma/units.ts'
import type { Role } from '../../devnet/accounts.ts'
import { exitableAt, exitCalls, queuedExit } from './exit-game-exits.ts'
import { names, only, openStage, PERIOD, SE_BOND, type Done, type Stage } from './exit-game-stage.ts'

const ETHER = 10n ** 18n
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

/** Alice deposits and pays Bob, in a block. */
async function bobsCoin() {
  const deposit = await stage.deposit('alice', ETHER)
  const [payment] = await stage.include(stage.pay([deposit], { to: 'bob', amount: ETHER }))
  const coin = payment?.coins[0]
  if (!payment || !coin) throw new Error('no coin')
  return { deposit, payment, coin }
}

function finalized(done: Done): unknown[] {
  return done.events.filter(({ name }) => name === 'ExitFinalized').map(({ args }) => args['exitId'])
}

describe('Alice exits her deposit', () => {
  test('it is queued one period from now, and recorded as exitable', async () => {
    const coin = await stage.deposit('alice', ETHER)
    const started = await calls.startStandardExit(coin)
    expect(names(started)).toEqual(['ExitQueued', 'ExitStarted'])
    expect(only(started, 'ExitStarted')).toMatchObject({ exitId: queuedExit(started) })
    expect(exitableAt(started)).toBe((await stage.now()) + PERIOD)
    expect(await calls.standardExit(queuedExit(started))).toMatchObject({
      exitable: true,
      utxoPos: coin.utxoPos,
      amount: ETHER,
      bondSize: SE_BOND,
    })
  })

  test('she gets her money and her bond once the period is over, not a second before', async () => {
    const coin = await stage.deposit('alice', ETHER)
    const started = await calls.startStandardExit(coin)
    await stage.passUntil(exitableAt(started) - 1n)
    expect(names(await stage.processExits())).toEqual(['ProcessedExitsNum'])

    await stage.passUntil(exitableAt(started) + 1n)
    const before = await stage.balance('alice')
    const processed = await stage.processExits()
    expect(names(processed)).toEqual(['EthWithdrawn', 'ExitFinalized', 'ProcessedExitsNum'])
    expect(only(processed, 'ProcessedExitsNum')).toMatchObject({ processedNum: 1n })
    expect(await stage.balance('alice')).toBe(before + ETHER + SE_BOND)
    expect(await calls.standardExit(queuedExit(started))).toMatchObject({ exitable: false, amount: 0n })
  })

  test('a second exit of the same output is refused, before and after', async () => {
    const coin = await stage.deposit('alice', ETHER)
    const started = await calls.startStandardExit(coin)
    await expect(calls.startStandardExit(coin)).rejects.toThrow('Exit has already started')
    await stage.passUntil(exitableAt(started) + 1n)
    await stage.processExits()
    await expect(calls.startStandardExit(coin)).rejects.toThrow('Output is already spent')
  })

  test('equal deposits have exits of their own', async () => {
    const first = await stage.deposit('alice', ETHER)
    const second = await stage.deposit('alice', ETHER)
    expect(second.tx).toBe(first.tx)
    const one = await calls.startStandardExit(first)
    const other = await calls.startStandardExit(second)
    expect(queuedExit(other)).not.toBe(queuedExit(one))
  })
})

describe('Bob exits what Alice paid him', () => {
  test('a young output waits two periods from its block', async () => {
    const { coin } = await bobsCoin()
    const submitted = await stage.now()
    const started = await calls.startStandardExit(coin)
    expect(exitableAt(started)).toBe(submitted + 2n * PERIOD)
  })

  test('an old output waits one period from the start of the exit', async () => {
    const { coin } = await bobsCoin()
    await stage.pass(3n * PERIOD)
    const started = await calls.startStandardExit(coin)
    expect(exitableAt(started)).toBe((await stage.now()) + PERIOD)
  })

  test('a deposit overtakes a young payment whose exit was started before', async () => {
    const deposit = await stage.deposit('carol', ETHER)
    const { coin } = await bobsCoin()
    const young = await calls.startStandardExit(coin)
    const old = await calls.startStandardExit(deposit)
    await stage.passUntil(exitableAt(young) + 1n)
    expect(finalized(await stage.processExits())).toEqual([old, young].map(queuedExit))
  })

  test('at equal times the older output goes first, though its exit was started later', async () => {
    const deposit = await stage.deposit('alice', 3n)
    const other = await stage.deposit('alice', 5n)
    const [first, second] = await stage.include(
      stage.pay([deposit], { to: 'bob', amount: 3n }),
      stage.pay([other], { to: 'bob', amount: 4n }, { to: 'carol', amount: 1n }),
    )
    const [older, younger] = [first?.coins[0], second?.coins[1]]
    if (!older || !younger) throw new Error('no coins')
    const late = await calls.startStandardExit(younger)
    await stage.pass(10n)
    const later = await calls.startStandardExit(older)
    expect(exitableAt(later)).toBe(exitableAt(late))
    await stage.passUntil(exitableAt(later) + 1n)
    expect(finalized(await stage.processExits())).toEqual([later, late].map(queuedExit))
  })

  test('only the owner may start it, with the bond, from a block that holds it', async () => {
    const { coin, payment, deposit } = await bobsCoin()
    await expect(calls.startStandardExit(coin, { by: 'mallory' })).rejects.toThrow(
      'Only output owner can start an exit',
    )
    await expect(calls.startStandardExit(coin, { value: SE_BOND + 1n })).rejects.toThrow(
      'Input value must match msg.value',
    )
    await expect(calls.startStandardExit(coin, { value: 0n })).rejects.toThrow('Input value must match msg.value')
    await expect(calls.startStandardExit(coin, { proof: deposit.proof.replace(/..$/, '00') as never })).rejects.toThrow(
      'The transaction must be standard finalized',
    )
    await expect(calls.startStandardExit(coin, { proof: '0x' })).rejects.toThrow('Merkle proof must not be empty')
    await expect(calls.startStandardExit(coin, { utxoPos: 9_000_000_000_000n as never })).rejects.toThrow(
      'There is no block for the position',
    )
    await expect(calls.startStandardExit(coin, { utxoPos: (payment.txPos + 10_000n) as never })).rejects.toThrow(
      'The transaction must be standard finalized',
    )
    await expect(calls.startStandardExit(coin, { utxoPos: (coin.utxoPos + 1n) as never })).rejects.toThrow()
  })
})

describe('Alice exits a coin that she has paid away', () => {
  async function exited() {
    const { deposit, payment } = await bobsCoin()
    const started = await calls.startStandardExit(deposit)
    return { started, challenge: { coin: deposit, exitId: queuedExit(started), spender: payment } }
  }

  test('the guard challenges with the payment and wins her bond', async () => {
    const { challenge } = await exited()
    const before = await stage.balance('guard')
    const challenged = await calls.challengeStandardExit(challenge)
    expect(only(challenged, 'ExitChallenged')).toEqual({ utxoPos: challenge.coin.utxoPos })
    const { gasUsed, effectiveGasPrice } = challenged.receipt
    expect(await stage.balance('guard')).toBe(before + SE_BOND - gasUsed * effectiveGasPrice)
    expect(await calls.standardExit(challenge.exitId)).toMatchObject({ exitable: false, amount: ETHER })
  })

  test('a payment in no block is proof enough', async () => {
    const deposit = await stage.deposit('alice', ETHER)
    const spender = stage.pay([deposit], { to: 'bob', amount: 1n })
    const exitId = queuedExit(await calls.startStandardExit(deposit))
    expect(names(await calls.challengeStandardExit({ coin: deposit, exitId, spender }))).toEqual(['ExitChallenged'])
  })

  test('the witness is the one of the input that spends the coin', async () => {
    const mine = await stage.deposit('alice', ETHER)
    const hers = await stage.deposit('carol', ETHER)
    const spender = stage.pay([hers, mine], { to: 'bob', amount: ETHER })
    const exitId = queuedExit(await calls.startStandardExit(mine))
    const challenge = { coin: mine, exitId, spender }
    await expect(calls.challengeStandardExit(challenge, { inputIndex: 0 })).rejects.toThrow(
      'Spending tx points to the incorrect output UTXO position',
    )
    await expect(calls.challengeStandardExit(challenge, { witness: spender.witnesses[0] })).rejects.toThrow(
      'Tx is not signed correctly',
    )
    expect(names(await calls.challengeStandardExit(challenge))).toEqual(['ExitChallenged'])
  })

  test('it works until the exit is processed, also after its time has come', async () => {
    const { started, challenge } = await exited()
    await stage.passUntil(exitableAt(started) + 100n)
    expect(names(await calls.challengeStandardExit(challenge))).toEqual(['ExitChallenged'])
    const processed = await stage.processExits()
    expect(names(processed)).toEqual(['ExitOmitted', 'ProcessedExitsNum'])
    expect(only(processed, 'ExitOmitted')).toEqual({ exitId: challenge.exitId })
  })

  test('unanswered, it steals', async () => {
    const { started } = await exited()
    await stage.passUntil(exitableAt(started) + 1n)
    expect(names(await stage.processExits())).toContain('ExitFinalized')
  })

  test('challenged, it cannot be restarted before it was omitted; then it can, and must be challenged again', async () => {
    const { started, challenge } = await exited()
    await calls.challengeStandardExit(challenge)
    await expect(calls.startStandardExit(challenge.coin)).rejects.toThrow('Exit has already started')
    await stage.passUntil(exitableAt(started) + 1n)
    await stage.processExits()
    const again = await calls.startStandardExit(challenge.coin)
    expect(queuedExit(again)).toBe(challenge.exitId)
    expect(names(await calls.challengeStandardExit(challenge))).toEqual(['ExitChallenged'])
  })

  test('wrong challenges are refused with their reasons', async () => {
    const { challenge } = await exited()
    const refused = (reason: string, args: Record<string, unknown>) =>
      expect(calls.challengeStandardExit(challenge, args)).rejects.toThrow(reason)
    await refused('The exit does not exist', { exitId: challenge.exitId + 1n })
    await refused('Incorrect senderData', { senderData: stage.senderData('mallory') })
    await refused('Invalid exiting tx causing outputId mismatch', { exitingTx: challenge.spender.tx })
    const witness = challenge.spender.witnesses[0] ?? '0x'
    const reason = 'Failed to recover the signer from the signature'
    await refused(reason, { witness: '0x' })
    await refused(reason, { witness: `${witness.slice(0, -2)}00` })
    await refused(reason, { witness: `${witness}00` })
    await expect(calls.challengeStandardExit(challenge, { inputIndex: 1 })).rejects.toThrow()
  })

  test('only a payment can be a proof', async () => {
    const { challenge } = await exited()
    const ofType = (type: string) => challenge.spender.tx.replace(/^(0xf8..)01/, `$1${type}`)
    await expect(calls.challengeStandardExit(challenge, { challengeTx: ofType('02') })).rejects.toThrow(
      'MoreVpFinalization: not a MoreVP protocol tx',
    )
    await expect(calls.challengeStandardExit(challenge, { challengeTx: ofType('03') })).rejects.toThrow(
      'Spending condition contract not found',
    )
    await expect(calls.challengeStandardExit(challenge, { challengeTx: '0x' })).rejects.toThrow()
    await expect(calls.challengeStandardExit(challenge, { challengeTx: '0xc0' })).rejects.toThrow()
  })

  test('a second challenge finds no exit to challenge', async () => {
    const { challenge } = await exited()
    await calls.challengeStandardExit(challenge)
    await expect(calls.challengeStandardExit(challenge, { by: 'carol' })).rejects.toThrow('The exit does not exist')
  })
})

test('an exit needs a queue for its token, which anybody may add', async () => {
  const token = await stage.newToken('alice', 500n)
  const coin = await stage.deposit('alice', 500n, token)
  await expect(calls.startStandardExit(coin)).rejects.toThrow(
    'The queue for the (vaultId, token) pair is not yet added to the Plasma framework',
  )
  await stage.act('mallory', { on: 'framework', name: 'addExitQueue', args: [2n, token] })
  expect(names(await calls.startStandardExit(coin))).toEqual(['ExitQueued', 'ExitStarted'])
})

test('tokens come back in tokens, from their own queue', async () => {
  const { token } = stage.deployment
  const coin = await stage.deposit('alice', 500n, token)
  const started = await calls.startStandardExit(coin)
  await stage.passUntil(exitableAt(started) + 1n)
  await expect(stage.processExits()).rejects.toThrow('Exit queue is empty')
  const processed = await stage.processExits(token)
  expect(names(processed)).toContain('ExitFinalized')
  expect(only(processed, 'Erc20Withdrawn')).toMatchObject({ amount: 500n })
})

test('processing can be told which exit it must find on top', async () => {
  const coin = await stage.deposit('alice', ETHER)
  const started = await calls.startStandardExit(coin)
  await stage.passUntil(exitableAt(started) + 1n)
  await expect(stage.processExits(undefined, 7n)).rejects.toThrow(
    'Top exit ID of the queue is different to the one specified',
  )
  expect(names(await stage.processExits(undefined, queuedExit(started)))).toContain('ExitFinalized')
})

test('an owner who takes no money holds nobody up: bond and money stay behind with an event', async () => {
  const coin = await stage.deposit('alice', ETHER)
  const started = await calls.startStandardExit(coin)
  await stage.refuseMoney('alice')
  await stage.passUntil(exitableAt(started) + 1n)
  const processed = await stage.processExits()
  expect(names(processed)).toEqual(['BondReturnFailed', 'WithdrawFailed', 'ExitFinalized', 'ProcessedExitsNum'])
  expect(only(processed, 'BondReturnFailed')).toMatchObject({ amount: SE_BOND })
})

test('a token that reverts blocks its queue', async () => {
  const token = await stage.newToken('alice', 500n)
  await stage.act('mallory', { on: 'framework', name: 'addExitQueue', args: [2n, token] })
  const coin = await stage.deposit('alice', 500n, token)
  const started = await calls.startStandardExit(coin)
  await stage.passUntil(exitableAt(started) + 1n)
  await stage.breakContract(token)
  await expect(stage.processExits(token)).rejects.toThrow('SafeERC20')
})

describe('a deposit', () => {
  const send = (raw: Uint8Array, value: bigint) =>
    stage.act('alice', { on: 'ethVault', name: 'deposit', args: [toHex(raw)], value })
  const of = (owner: Role, amount: bigint, currency: Address = ETH) =>
    depositTransaction({ owner: stage.accounts[owner].address, currency, amount: amount as Wei })

  test('belongs to its sender and is worth what was sent', async () => {
    expect(names(await send(of('alice', 5n), 5n))).toEqual(['DepositCreated'])
    await expect(send(of('bob', 5n), 5n)).rejects.toThrow("Depositor's address must match sender's address")
    await expect(send(of('alice', 5n), 4n)).rejects.toThrow('Deposited value must match sent amount')
    await expect(send(of('alice', 5n, stage.deployment.token), 5n)).rejects.toThrow('currency')
  })

  test('is a payment without inputs', async () => {
    const coin = await stage.deposit('alice', 5n)
    const payment = fromHex(stage.pay([coin], { to: 'alice', amount: 5n }).tx)
    await expect(send(payment, 5n)).rejects.toThrow('Deposit must have no inputs')
    await expect(send(new Uint8Array(), 5n)).rejects.toThrow('RLP')
    await expect(send(of('alice', 5n).subarray(0, 40), 5n)).rejects.toThrow('RLP')
  })
})
