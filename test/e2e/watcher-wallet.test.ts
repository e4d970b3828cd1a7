import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { ETH } from '../../src/plasma/units.ts'
import { allMethods, themes } from './watcher-omg-clients.ts'
import { eventually, openWatcherStage, type WatcherStage } from './watcher-stage.ts'

// Only against hanging: the first start compiles the contracts.
jest.setTimeout(300_000)

const { transaction } = createRequire(import.meta.url)('@omisego/omg-js-util') as {
  transaction: {
    createTransactionBody: (order: object) => object
    getTypedData: (body: object, framework: string) => object
    NULL_METADATA: string
  }
}

type Utxo = { utxo_pos: unknown; amount: unknown; currency: string; owner: string; blknum: number }
type Placed = { txhash: string; blknum: number; txindex: number }
type Created = { result: string; transactions: { sign_hash: string; inputs: Utxo[] }[] }

let stage: WatcherStage
beforeAll(async () => {
  stage = await openWatcherStage()
})
afterAll(() => stage.close())

const addressOf = (who: 'alice' | 'bob') => stage.network[who].address
const utxosOf = (who: 'alice' | 'bob', count: number) =>
  eventually<Utxo[]>(
    () => stage.childChain.getUtxos(addressOf(who)),
    (utxos) => utxos.length === count,
  )
/** The operator takes a deposit once it is deep enough. */
const placed = (submit: () => unknown) => eventually<Placed>(submit, ({ txhash }) => Boolean(txhash))

/** What the Info API says of somebody's tokens. */
async function balance(who: 'alice' | 'bob', expected: Record<string, bigint>): Promise<void> {
  const isIt = (balances: { currency: string; amount: unknown }[]) => {
    const said = Object.fromEntries(balances.map(({ currency, amount }) => [currency, BigInt(String(amount))]))
    return Object.entries(expected).every(([currency, amount]) => said[currency] === amount)
  }
  await eventually(() => stage.childChain.getBalance(addressOf(who)), isIt)
}

test('every method of the published client is called by one of these tests', () => {
  expect(allMethods().sort()).toEqual(Object.values(themes).flat().sort())
})

describe('a wallet on our watcher', () => {
  test('deposits ether and tokens, and sees them', async () => {
    const { rootChain, childChain, network, by } = stage
    const { token, ethVault, erc20Vault } = network.deployment
    expect(await rootChain.getEthVault()).toMatchObject({
      address: expect.stringMatching(new RegExp(ethVault, 'i')),
    })
    expect(await rootChain.getErc20Vault()).toMatchObject({
      address: expect.stringMatching(new RegExp(erc20Vault, 'i')),
    })
    await rootChain.deposit({ amount: '1000', currency: ETH, ...by('alice') })
    await rootChain.approveToken({ erc20Address: token, amount: '500', ...by('alice') })
    await rootChain.deposit({ amount: '500', currency: token, ...by('alice') })
    await balance('alice', { [ETH]: 1000n, [token]: 500n })
    const deposits = (await childChain.getDeposits({ address: addressOf('alice') })) as object[]
    expect(deposits).toMatchObject([{ event_type: 'deposit' }, { event_type: 'deposit' }])
    const utxos = await utxosOf('alice', 2)
    expect(utxos.map(({ currency }) => currency)).toEqual([ETH, token])
  })

  test('knows which tokens can leave, and adds one', async () => {
    const { rootChain, network, by } = stage
    expect(await rootChain.hasToken(network.deployment.token)).toBe(true)
    const another = `0x${'7e'.repeat(20)}`
    expect(await rootChain.hasToken(another)).toBe(false)
    await rootChain.addToken({ token: another, ...by('alice') })
    expect(await rootChain.hasToken(another)).toBe(true)
  })

  test('has a payment made, signs it as typed data, and waits for its block', async () => {
    const { childChain, network, keyOf } = stage
    const fees = (await childChain.getFees()) as Record<string, { currency: string }[]>
    expect(fees['1']?.map(({ currency }) => currency)).toEqual([ETH])
    const created = (await childChain.createTransaction({
      owner: addressOf('alice'),
      payments: [{ owner: addressOf('bob'), currency: ETH, amount: 300 }],
      fee: { currency: ETH },
      metadata: 'rent',
    })) as Created
    expect(created.result).toBe('complete')
    const [made] = created.transactions
    const signed = childChain.signTypedData(made, [keyOf('alice')]) as object
    const submitted = await placed(() => childChain.submitTyped(signed))
    await network.operator.formBlock()
    const mined = await eventually<{ metadata: string; block: { blknum: number } }>(() =>
      childChain.getTransaction(submitted.txhash),
    )
    expect(mined).toMatchObject({ block: { blknum: submitted.blknum }, txindex: 0 })
    expect(Buffer.from(mined.metadata.slice(2), 'hex').toString()).toContain('rent')
    await balance('bob', { [ETH]: 300n })
    await balance('alice', { [ETH]: 700n })
    const found = await childChain.getTransactions({ address: addressOf('bob'), metadata: mined.metadata })
    expect(found).toMatchObject([{ txhash: submitted.txhash }])
    expect(await childChain.getTransactions({ blknum: submitted.blknum, limit: 10, page: 2 })).toEqual([])
  })

  test('makes a payment of its own, and submits it signed', async () => {
    const { childChain, network, keyOf } = stage
    const fromUtxos = (await utxosOf('alice', 2)).filter(({ currency }) => currency === ETH)
    const body = transaction.createTransactionBody({
      fromAddress: addressOf('alice'),
      fromUtxos,
      payments: [{ owner: addressOf('bob'), currency: ETH, amount: 50 }],
      fee: { currency: ETH, amount: 0 },
      metadata: transaction.NULL_METADATA,
    })
    const typedData = transaction.getTypedData(body, network.deployment.framework)
    const signatures = childChain.signTransaction(typedData, [keyOf('alice')])
    const signed = childChain.buildSignedTransaction(typedData, signatures)
    const { txhash } = await placed(() => childChain.submitTransaction(signed))
    await network.operator.formBlock()
    await eventually(() => childChain.getTransaction(txhash))
    await balance('bob', { [ETH]: 350n })
  })

  test('sends, and merges what it received', async () => {
    const { childChain, network, keyOf } = stage
    const { token } = network.deployment
    const fromUtxos = (await utxosOf('alice', 2)).filter(({ currency }) => currency === ETH)
    const sent = await placed(() =>
      childChain.sendTransaction({
        fromAddress: addressOf('alice'),
        fromUtxos,
        fromPrivateKeys: [keyOf('alice')],
        payments: [{ owner: addressOf('bob'), currency: ETH, amount: 25 }],
        fee: { currency: ETH, amount: 0 },
      }),
    )
    await network.operator.formBlock()
    await eventually(() => childChain.getTransaction(sent.txhash))
    const utxos = await utxosOf('bob', 3)
    const merged = await placed(() => childChain.mergeUtxos({ utxos, privateKey: keyOf('bob') }))
    await network.operator.formBlock()
    await eventually(() => childChain.getTransaction(merged.txhash))
    expect((await utxosOf('bob', 1)).map(({ amount }) => String(amount))).toEqual(['375'])
    await balance('alice', { [ETH]: 625n, [token]: 500n })
  })

  test('called every method of its theme, and got answers as they are described', async () => {
    expect([...stage.called].sort()).toEqual([...themes.wallet].sort())
    expect([...(await stage.info.check())].sort()).toEqual([
      '/account.get_balance',
      '/account.get_utxos',
      '/deposit.all',
      '/fees.all',
      '/transaction.all',
      '/transaction.create',
      '/transaction.get',
      '/transaction.submit',
      '/transaction.submit_typed',
    ])
  })
})
