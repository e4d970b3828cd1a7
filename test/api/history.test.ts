import { describe, expect, test } from '@jest/globals'
import { toHex } from '../../src/lib/bytes.ts'
import { ETH } from '../../src/plasma/units.ts'
import { alice, bob, carol, operator } from '../support/signers.ts'
import { at, fee, pay, payment } from '../support/transactions.ts'
import { network } from '../watcher/network.ts'
import { failure, success, useInfoApi } from './serve.ts'

const serving = useInfoApi()
const info = 'watcher_info'
const described = { description: expect.any(String) as unknown }
const note = new Uint8Array(32).fill(0x6e)
const noNote = `0x${'00'.repeat(32)}`

type Envelope = Record<string, unknown>
const hashes = (envelope: Envelope) => (envelope['data'] as { txhash: string }[]).map(({ txhash }) => txhash)

/** Alice pays Bob with a note, Bob pays Carol in the next block and leaves a fee. */
async function story() {
  const net = network()
  const served = serving(net)
  const coin = net.deposit(alice, 10n)
  const first = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)], note)
  net.submit([first])
  const second = payment([{ utxoPos: at(1000n), signer: bob }], [pay(carol, 9n)])
  const claim = fee(2000n, { owner: operator, amount: 1n })
  const { root } = net.submit([second, claim])
  await served.look()
  return { net, coin, first, second, claim, root, ...served }
}

describe('/transaction.get', () => {
  test('tells of a transaction what it spent, what it made, and where it stands', async () => {
    const { coin, first, second, post } = await story()
    const [deposited, submitted, spent] = ['2020-09-13T12:26:55Z', '2020-09-13T12:27:10Z', '2020-09-13T12:27:25Z']
    const output = { otype: 1n, currency: ETH, txindex: 0n, oindex: 0n, amount: 10n }
    const { txHash } = first.transaction
    expect(await post('/transaction.get', { id: txHash })).toEqual(
      success(
        {
          txindex: 0n,
          txtype: 1n,
          txhash: txHash,
          txbytes: toHex(first.bytes),
          metadata: toHex(note),
          inserted_at: submitted,
          updated_at: submitted,
          block: {
            ...{ blknum: 1000n, hash: expect.any(String) as unknown, eth_height: 2n, timestamp: 1_600_000_030n },
            ...{ tx_count: 1n, inserted_at: submitted, updated_at: submitted },
          },
          inputs: [
            {
              ...{ ...output, blknum: 1n, utxo_pos: coin, owner: alice.address, creating_txhash: null },
              ...{ spending_txhash: txHash, inserted_at: deposited, updated_at: submitted },
            },
          ],
          outputs: [
            {
              ...{ ...output, blknum: 1000n, utxo_pos: at(1000n), owner: bob.address, creating_txhash: txHash },
              ...{ spending_txhash: second.transaction.txHash, inserted_at: submitted, updated_at: spent },
            },
          ],
        },
        info,
      ),
    )
  })

  test('of a fee, and of a payment without a note', async () => {
    const { second, claim, post } = await story()
    expect(await post('/transaction.get', { id: claim.transaction.txHash })).toMatchObject({
      data: { txtype: 3n, metadata: null, inputs: [], outputs: [{ otype: 2n, owner: operator.address }] },
    })
    expect(await post('/transaction.get', { id: second.transaction.txHash })).toMatchObject({
      data: { metadata: noNote },
    })
  })

  test('of one that no block holds', async () => {
    const { post } = await story()
    expect(await post('/transaction.get', { id: noNote })).toEqual(failure('transaction:not_found', described, info))
  })
})

describe('/transaction.all', () => {
  test('lists the newest first, and those that fit', async () => {
    const { first, second, claim, post } = await story()
    const [one, two, three] = [first, second, claim].map(({ transaction }) => transaction.txHash)
    const ask = async (filter: object) => hashes(await post('/transaction.all', filter))
    expect(await ask({})).toEqual([three, two, one])
    expect(await ask({ address: bob.address })).toEqual([two, one])
    expect(await ask({ metadata: toHex(note) })).toEqual([one])
    expect(await ask({ metadata: noNote })).toEqual([two])
    expect(await ask({ blknum: 2000n })).toEqual([three, two])
    expect(await ask({ txtypes: [3n] })).toEqual([three])
    expect(await ask({ txtypes: [3n], address: bob.address })).toEqual([])
    expect(await ask({ txtypes: [] })).toHaveLength(3)
    expect(await ask({ end_datetime: 1_600_000_044n })).toEqual([one])
    expect(await ask({ limit: 1n, page: 2n })).toEqual([two])
    expect(hashes(await post('/account.get_transactions', { address: carol.address }))).toEqual([two])
  })

  test('says which page it gave', async () => {
    const { post } = await story()
    expect(await post('/transaction.all', { limit: 500n })).toMatchObject({ data_paging: { page: 1n, limit: 200n } })
  })

  test('refuses filters that are none', async () => {
    const { post } = await story()
    for (const [filter, parameter, validator] of [
      [{ address: '0x' }, 'address', '{:length, 20}'],
      [{ blknum: 0n }, 'blknum', '{:greater, 0}'],
      [{ metadata: 'hello' }, 'metadata', ':hex'],
      [{ txtypes: 1n }, 'txtypes', ':list'],
      [{ txtypes: [-1n] }, 'txtypes.txtype', '{:greater, -1}'],
      [{ txtypes: Array.from({ length: 17 }, () => 1n) }, 'txtypes', '{:max_length, 16}'],
      [{ limit: 1_000n }, 'limit', '{:lesser, 1000}'],
      [{ end_datetime: 0n }, 'end_datetime', '{:greater, 0}'],
    ] as const) {
      const messages = { validation_error: { parameter, validator } }
      expect(await post('/transaction.all', filter)).toEqual(
        failure('operation:bad_request', { ...described, messages }, info),
      )
    }
  })
})

describe('blocks', () => {
  test('/block.all, newest first; /block.get', async () => {
    const { root, post } = await story()
    const time = '2020-09-13T12:27:25Z'
    const block = {
      ...{ blknum: 2000n, hash: root, eth_height: 3n, timestamp: 1_600_000_045n, tx_count: 2n },
      ...{ inserted_at: time, updated_at: time },
    }
    const all = await post('/block.all', {})
    expect(all).toMatchObject({ data: [block, { blknum: 1000n }], data_paging: { page: 1n, limit: 100n } })
    expect(await post('/block.get', { blknum: 2000n })).toEqual(success(block, info))
    for (const blknum of [3000n, 1n, 10n ** 50n]) {
      expect(await post('/block.get', { blknum })).toEqual(failure('get_block:block_not_found', undefined, info))
    }
  })

  test('that the root chain has taken back are gone, with all that they held', async () => {
    const { net, first, second, look, post } = await story()
    net.chain.reorganise(3)
    net.chain.wait(2)
    await look()
    await look()
    expect(hashes(await post('/transaction.all', {}))).toEqual([first.transaction.txHash])
    expect(await post('/transaction.get', { id: second.transaction.txHash })).toMatchObject({ success: false })
    expect(await post('/account.get_balance', { address: bob.address })).toMatchObject({ data: [{ amount: 10n }] })
  })
})

describe('/deposit.all', () => {
  test('lists deposits of all or of one owner, newest first', async () => {
    const { net, coin, first, look, post } = await story()
    net.deposit(bob, 7n)
    await look()
    const all = await post('/deposit.all', {})
    expect(all).toMatchObject({
      data: [{ eth_height: 4n }, { eth_height: 1n }],
      data_paging: { page: 1n, limit: 100n },
    })
    const time = '2020-09-13T12:26:55Z'
    expect(await post('/deposit.all', { address: alice.address })).toMatchObject({
      data: [
        {
          ...{ event_type: 'deposit', eth_height: 1n, log_index: 0n, inserted_at: time, updated_at: time },
          root_chain_txhash: expect.stringMatching(/^0x[0-9a-f]{64}$/) as unknown,
          txoutputs: [{ utxo_pos: coin, creating_txhash: null, spending_txhash: first.transaction.txHash }],
        },
      ],
    })
  })
})

describe('/stats.get', () => {
  test('counts, and measures the time between blocks', async () => {
    const { net, look, post } = await story()
    net.chain.wait(7_000)
    await look()
    const counts = { block_count: 2n, transaction_count: 3n, average_block_interval_seconds: 15n }
    const [today, ever] = [{ block_count: 0n, transaction_count: 0n, average_block_interval_seconds: null }, counts]
    const both = Object.fromEntries(
      Object.entries(ever).map(([name, all_time]) => [
        name,
        { all_time, last_24_hours: today[name as keyof typeof today] },
      ]),
    )
    expect(await post('/stats.get', {})).toEqual(success(both, info))
  })

  test('of a chain without blocks', async () => {
    const { look, post } = serving(network())
    await look()
    expect(await post('/stats.get', {})).toMatchObject({
      data: { average_block_interval_seconds: { all_time: null, last_24_hours: null }, block_count: { all_time: 0n } },
    })
  })
})
