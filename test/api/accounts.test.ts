import { describe, expect, test } from '@jest/globals'
import { ETH, type UtxoPos } from '../../src/plasma/units.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { network } from '../watcher/network.ts'
import { failure, success, useInfoApi } from './serve.ts'

const serving = useInfoApi()
const info = 'watcher_info'
const positions = (envelope: Record<string, unknown>) =>
  (envelope['data'] as { utxo_pos: UtxoPos }[]).map((utxo) => utxo.utxo_pos)

/** Alice deposits 10 and 20; the 10 go to Bob, but for 4 that come back. */
function story() {
  const net = network()
  const served = serving(net)
  const coins = [net.deposit(alice, 10n), net.deposit(alice, 20n)] as const
  const spend = payment([{ utxoPos: coins[0], signer: alice }], [pay(bob, 6n), pay(alice, 4n)])
  net.submit([spend])
  return { net, coins, spend, ...served }
}

describe('/account.get_balance', () => {
  test('is what an owner has of each token', async () => {
    const { look, post } = story()
    await look()
    expect(await post('/account.get_balance', { address: alice.address })).toEqual(
      success([{ currency: ETH, amount: 24n }], info),
    )
    expect(await post('/account.get_balance', { address: carol.address })).toEqual(success([], info))
  })

  test('is without what is in an exit, or was paid to one', async () => {
    const { net, coins, look, post } = story()
    const exitId = net.startExit(alice, coins[1], net.depositTx(alice, 20n))
    await look()
    const balance = async () => (await post('/account.get_balance', { address: alice.address }))['data']
    expect(await balance()).toEqual([{ currency: ETH, amount: 4n }])
    net.chain.mine({ type: 'ExitFinalized', exitId })
    await look()
    expect(await balance()).toEqual([{ currency: ETH, amount: 4n }])
  })

  test('holds numbers of 256 bits', async () => {
    const net = network()
    const { look, post } = serving(net)
    const amount = 2n ** 255n
    net.deposit(alice, amount)
    net.deposit(alice, amount + 1n)
    await look()
    expect(await post('/account.get_balance', { address: alice.address })).toMatchObject({
      data: [{ amount: 2n * amount + 1n }],
    })
  })
})

describe('/account.get_utxos', () => {
  test('lists what an owner has, oldest first, with where it came from', async () => {
    const { coins, spend, look, post } = story()
    await look()
    const [block, deposit] = ['2020-09-13T12:27:25Z', '2020-09-13T12:27:10Z']
    const envelope = await post('/account.get_utxos', { address: alice.address })
    const shared = { otype: 1n, owner: alice.address, currency: ETH, spending_txhash: null, txindex: 0n }
    expect(envelope).toEqual({
      ...success(
        [
          {
            ...{ ...shared, blknum: 2n, oindex: 0n, utxo_pos: coins[1], amount: 20n, creating_txhash: null },
            ...{ inserted_at: deposit, updated_at: deposit },
          },
          {
            ...{ ...shared, blknum: 1000n, oindex: 1n, utxo_pos: at(1000n, 0, 1), amount: 4n },
            ...{ creating_txhash: spend.transaction.txHash, inserted_at: block, updated_at: block },
          },
        ],
        info,
      ),
      data_paging: { page: 1n, limit: 200n },
    })
  })

  test('gives pages of the length that is asked for, up to 200', async () => {
    const net = network()
    const { look, post } = serving(net)
    const coins = [1n, 2n, 3n, 4n, 5n].map((amount) => net.deposit(bob, amount))
    await look()
    const ask = (page: object) => post('/account.get_utxos', { address: bob.address, ...page })
    expect(positions(await ask({ limit: 2n }))).toEqual(coins.slice(0, 2))
    const second = await ask({ limit: 2n, page: 2n })
    expect(positions(second)).toEqual(coins.slice(2, 4))
    expect(second['data_paging']).toEqual({ page: 2n, limit: 2n })
    expect(positions(await ask({ limit: 2n, page: 3n }))).toEqual(coins.slice(4))
    expect(positions(await ask({ limit: 2n, page: 10n ** 60n }))).toEqual([])
    expect((await ask({ limit: 999n }))['data_paging']).toEqual({ page: 1n, limit: 200n })
    expect((await ask({ limit: null, page: null }))['data_paging']).toEqual({ page: 1n, limit: 200n })
  })

  test('is without what is in an exit', async () => {
    const { net, coins, look, post } = story()
    const inFlight = payment([{ utxoPos: coins[1], signer: alice }], [pay(bob, 20n)])
    net.startInFlightExit(alice, inFlight, [net.depositTx(alice, 20n)])
    await look()
    expect(positions(await post('/account.get_utxos', { address: alice.address }))).toEqual([at(1000n, 0, 1)])
  })

  test('is without what was paid to an exit since the chain is bad, and so is the balance', async () => {
    const { net, coins, look, post } = story()
    const more = net.deposit(alice, 30n)
    const exitId = net.startExit(alice, coins[1], net.depositTx(alice, 20n))
    net.submit([payment([{ utxoPos: more, signer: alice }], [pay(alice, 3_000n)])])
    await look()
    net.chain.mine({ type: 'ExitFinalized', exitId })
    await look()
    const asked = { address: alice.address }
    expect(positions(await post('/account.get_utxos', asked))).toEqual([at(1000n, 0, 1), more])
    expect(await post('/account.get_balance', asked)).toMatchObject({ data: [{ currency: ETH, amount: 34n }] })
  })

  test('refuses pages that are none', async () => {
    const { look, post } = story()
    await look()
    const wrong: [object, string, string][] = [
      [{ limit: 0n }, 'limit', '{:greater, 0}'],
      [{ limit: 1000n }, 'limit', '{:lesser, 1000}'],
      [{ page: 0n }, 'page', '{:greater, 0}'],
      [{ page: '1' }, 'page', ':integer'],
      [{ address: '0x12' }, 'address', '{:length, 20}'],
    ]
    for (const [body, parameter, validator] of wrong) {
      const messages = { validation_error: { parameter, validator } }
      const description = expect.any(String) as unknown
      expect(await post('/account.get_utxos', { address: alice.address, ...body })).toEqual(
        failure('operation:bad_request', { description, messages }, info),
      )
    }
  })
})

describe('/account.get_exitable_utxos, beside an index', () => {
  test('lists what the ledger lists: unspent, and in no exit', async () => {
    const { net, coins, look, post } = story()
    const more = net.deposit(alice, 30n)
    net.startExit(alice, coins[1], net.depositTx(alice, 20n))
    await look()
    expect(positions(await post('/account.get_exitable_utxos', { address: alice.address }))).toEqual([
      at(1000n, 0, 1),
      more,
    ])
  })
})

test('the services of a watcher that does not see say so', async () => {
  const { post } = serving(network())
  const description = expect.any(String) as unknown
  for (const [path, body] of [
    ['/account.get_balance', { address: alice.address }],
    ['/account.get_utxos', { address: alice.address }],
    ['/transaction.all', {}],
    ['/stats.get', {}],
    ['/transaction.create', { owner: alice.address, payments: [], fee: { currency: ETH } }],
  ] as const) {
    expect(await post(path, body)).toEqual(failure('operation:service_unavailable', { description }, info))
  }
})
