import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { createRootChain } from '../../src/chain/root-chain.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { encodePayment } from '../../src/plasma/encode-transaction.ts'
import { type Address, ETH, type Wei } from '../../src/plasma/units.ts'
import { bytes, openWallet, type WalletStage } from './contract-wallet.ts'
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

describe('trap 20: a deposit with metadata', () => {
  const noted = (owner: Address, digit: string, currency: Address = ETH) =>
    encodePayment({
      inputs: [],
      outputs: [{ outputType: 1, owner, currency, amount: 9n as Wei }],
      metadata: bytes(`0x${digit.repeat(64)}`),
    })

  test('has its exact transaction: made directly, of ether and of tokens, beside a plain one', async () => {
    const { alice } = stage.accounts
    const { token } = stage.deployment
    const [ether, tokens] = [noted(alice.address, 'a'), noted(alice.address, 'b', token)]
    const first = await stage.act('alice', { on: 'ethVault', name: 'deposit', args: [toHex(ether)], value: 9n })
    await stage.act('alice', { on: 'token', at: token, name: 'approve', args: [on.deployment.erc20Vault, 9n] })
    await stage.act('alice', { on: 'erc20Vault', name: 'deposit', args: [toHex(tokens)] })
    await stage.deposit('alice', 9n)
    const { events, unreadable } = await on.read(first, { to: await on.headNow() })
    const made = { type: 'DepositCreated', depositor: alice.address, amount: 9n }
    expect(events).toMatchObject([
      { ...made, token: ETH, transaction: ether },
      { ...made, token, transaction: tokens },
      { ...made, token: ETH },
    ])
    expect(events[2]).not.toHaveProperty('transaction')
    expect(unreadable).toEqual([])
  })

  test('through a multicall: each has its own', async () => {
    const raws = ['c', 'd'].map((digit) => noted(on.wallet, digit))
    const done = await on.multicall(
      ...raws.map((raw) => on.decoyOf(on.depositOf(raw, 9n))),
      ...raws.map((raw) => on.depositOf(raw, 9n)),
    )
    expect(await on.read(done)).toMatchObject({ events: raws.map((transaction) => ({ transaction })), unreadable: [] })
  })

  test('through a contract that was told before: a trace shows it; else the deposit stays, and a word that it is unknown', async () => {
    const raw = noted(on.wallet, 'e')
    const done = await on.scripted([on.depositOf(raw, 9n)], on.depositOf(noted(on.wallet, 'f'), 9n).data)
    const made = { type: 'DepositCreated', depositor: on.wallet, token: ETH, amount: 9n }
    expect(await on.read(done, { traces: true })).toMatchObject({
      events: [{ ...made, transaction: raw }],
      unreadable: [],
    })
    const { events, unreadable } = await on.read(done)
    expect(events).toMatchObject([made])
    expect(events[0]).not.toHaveProperty('transaction')
    expect(unreadable).toMatchObject([{ what: 'DepositCreated without its transaction' }])
  })
})

describe('What the contracts say beside exits and blocks', () => {
  const asMaintainer = (name: string, args: readonly unknown[], on: 'framework' | 'ethVault' | 'exitGame') =>
    stage.act('deployer', { on, name, args })

  test('new vaults, exit games, deposit verifiers, queues and bonds', async () => {
    const { carol, deployer } = stage.accounts
    const { token } = stage.deployment
    const first = await asMaintainer('registerVault', [7n, on.wallet], 'framework')
    await asMaintainer('registerExitGame', [9n, token, 2], 'framework')
    await asMaintainer('setDepositVerifier', [deployer.address], 'ethVault')
    await asMaintainer('addExitQueue', [2n, carol.address], 'framework')
    await asMaintainer('updateStartStandardExitBondSize', [SE_BOND * 2n], 'exitGame')
    await asMaintainer('updateStartIFEBondSize', [IFE_BOND / 2n], 'exitGame')
    await asMaintainer('updatePiggybackBondSize', [1n + IFE_BOND / 2n], 'exitGame')
    const { events, notices, unreadable } = await on.read(first, { to: await on.headNow() })
    expect(notices).toMatchObject([
      {
        type: 'VaultRegistered',
        vaultId: 7n,
        vault: on.wallet,
        occurrence: { txHash: first.receipt.transactionHash },
      },
      { type: 'ExitGameRegistered', txType: 9n, exitGame: token, protocol: 2 },
      { type: 'SetDepositVerifierCalled', vault: on.deployment.ethVault, verifier: deployer.address },
      { type: 'ExitQueueAdded', vaultId: 2n, token: carol.address },
      { type: 'StandardExitBondUpdated', bondSize: SE_BOND * 2n },
      { type: 'IFEBondUpdated', bondSize: IFE_BOND / 2n },
      { type: 'PiggybackBondUpdated', bondSize: 1n + IFE_BOND / 2n },
    ])
    expect(events).toEqual([])
    expect(unreadable).toEqual([])
  })

  test('exits that are queued and processed, and what reaches nobody', async () => {
    const { alice, bob } = stage.accounts
    const [coin, other] = [await stage.deposit('alice', 5n), await stage.deposit('bob', 6n)]
    const first = await calls.startStandardExit(coin)
    await calls.startStandardExit(other)
    await stage.pass(PERIOD + 1n)
    await stage.refuseMoney('alice')
    await stage.processExits()
    const { events, notices } = await on.read(first, { to: await on.headNow() })
    expect(events.map(({ type }) => type)).toEqual(['ExitStarted', 'ExitStarted', 'ExitFinalized', 'ExitFinalized'])
    const [start] = events
    expect(notices).toMatchObject([
      {
        type: 'ExitQueued',
        exitId: start?.type === 'ExitStarted' ? start.exitId : 0n,
        exitableAt: (start?.timestamp ?? 0n) + PERIOD,
      },
      { type: 'ExitQueued' },
      { type: 'BondReturnFailed', receiver: alice.address, amount: SE_BOND },
      { type: 'WithdrawFailed', vault: on.deployment.ethVault, receiver: alice.address, amount: 5n },
      { type: 'EthWithdrawn', receiver: bob.address, token: ETH, amount: 6n },
      { type: 'ProcessedExitsNum', processed: 2n, vaultId: 1n, token: ETH },
    ])
  })

  test('the whole chain from its first block: nothing of it is unreadable', async () => {
    const { token } = stage.deployment
    await calls.startStandardExit(await stage.deposit('alice', 5n, token))
    await stage.pass(PERIOD + 1n)
    await stage.processExits(token)
    const { notices, unreadable } = await createRootChain(on).events(0n, await on.headNow())
    expect(unreadable).toEqual([])
    const types = new Set(notices.map(({ type }) => type))
    for (const type of ['ChildChainActivated', 'VaultRegistered', 'ExitGameRegistered', 'Erc20Withdrawn'] as const)
      expect(types).toContain(type)
  })
})
