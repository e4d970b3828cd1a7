import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Transaction } from '../../src/plasma/transaction.ts'
import { ETH, type Timestamp, type UtxoPos } from '../../src/plasma/units.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, pay, rawPayment } from '../support/transactions.ts'
import { fakeLedger } from './index-feed.ts'
import { openIndex, temporary } from './index-stage.ts'

let place: ReturnType<typeof temporary>
beforeEach(() => {
  place = temporary()
})
afterEach(() => {
  place.remove()
})

const everything = { skip: 0n, most: 1_000 }
const noFilter = { owner: undefined, blknum: undefined, metadata: undefined, txTypes: undefined, until: undefined }

describe('the index', () => {
  test('knows of an output who created and spent it, and when', async () => {
    const ledger = fakeLedger()
    const coin = ledger.deposit(pay(alice, 10n))
    const payment = rawPayment([coin], [pay(bob, 4n), pay(alice, 6n)], new Uint8Array(32).fill(7))
    ledger.submit([payment])
    const { index, follower, close } = openIndex(place.directory, ledger.feed)
    await follower.catchUp()
    const [deposit, block] = [1_600_000_010n, 1_600_000_020n] as Timestamp[]
    const root = ledger.chain().blocks[0]?.root
    expect(index.transaction(payment.txHash)).toEqual({
      place: { blknum: 1000n, txIndex: 0 },
      txHash: payment.txHash,
      txType: 1,
      metadata: Buffer.alloc(32, 7),
      block: { blknum: 1000n, root, timestamp: block, ethHeight: 2n, transactions: 1 },
      inputs: [
        {
          ...pay(alice, 10n),
          utxoPos: coin,
          creatingTxHash: undefined,
          spendingTxHash: payment.txHash,
          createdAt: deposit,
          changedAt: block,
        },
      ],
      outputs: [
        expect.objectContaining({
          utxoPos: at(1000n, 0, 0),
          creatingTxHash: payment.txHash,
          spendingTxHash: undefined,
        }),
        expect.objectContaining({ utxoPos: at(1000n, 0, 1), createdAt: block, changedAt: block }),
      ],
    })
    expect(index.deposits(alice.address, everything)).toMatchObject([{ ethHeight: 1n, output: { utxoPos: coin } }])
    expect(index.deposits(bob.address, everything)).toEqual([])
    close()
  })

  test('finds transactions by all filters at once, and page by page', async () => {
    const ledger = fakeLedger()
    const note = new Uint8Array(32).fill(9)
    const coins = [1n, 2n, 3n, 4n].map((amount) => ledger.deposit(pay(alice, amount)))
    const [one, two, three, four] = coins.map((coin, index) =>
      rawPayment([coin], [pay(index < 2 ? bob : carol, BigInt(index + 1))], index % 2 === 0 ? note : undefined),
    ) as [Transaction, Transaction, Transaction, Transaction]
    ledger.submit([one, two])
    ledger.submit([three, four])
    const { index, follower, close } = openIndex(place.directory, ledger.feed)
    await follower.catchUp()
    const find = (filter: object, slice = everything) =>
      index.transactions({ ...noFilter, ...filter }, slice).map(({ txHash }) => txHash)
    expect(find({})).toEqual([four, three, two, one].map(({ txHash }) => txHash))
    expect(find({}, { skip: 1n, most: 2 })).toEqual([three.txHash, two.txHash])
    expect(find({}, { skip: 10n ** 40n, most: 2 })).toEqual([])
    expect(find({ owner: bob.address })).toEqual([two.txHash, one.txHash])
    expect(find({ metadata: note })).toEqual([three.txHash, one.txHash])
    expect(find({ metadata: new Uint8Array(32) })).toEqual([four.txHash, two.txHash])
    expect(find({ metadata: note, owner: carol.address })).toEqual([three.txHash])
    expect(find({ blknum: 2000n })).toEqual([four.txHash, three.txHash])
    expect(find({ blknum: 3000n })).toEqual([])
    expect(find({ blknum: 10n ** 40n })).toEqual([])
    expect(find({ until: 1_600_000_050n })).toEqual([two.txHash, one.txHash])
    expect(find({ until: 1_600_000_049n })).toEqual([])
    expect(find({ until: 10n ** 40n })).toHaveLength(4)
    expect(find({ txTypes: [1n] })).toHaveLength(4)
    expect(find({ txTypes: [3n, 10n ** 40n], owner: bob.address })).toEqual([])
    close()
  })

  test('lists outputs by amount, and leaves out what it is told to', async () => {
    const ledger = fakeLedger()
    const coins = [5n, 2n ** 255n, 300n, 5n].map((amount) => ledger.deposit(pay(alice, amount)))
    const { index, follower, close } = openIndex(place.directory, ledger.feed)
    await follower.catchUp()
    const of = { owner: alice.address, currency: ETH }
    const amounts = (order: 'greatest' | 'smallest') => [...index.byAmount(of, order)].map(({ amount }) => amount)
    expect(amounts('greatest')).toEqual([2n ** 255n, 300n, 5n, 5n])
    expect(amounts('smallest')).toEqual([5n, 5n, 300n, 2n ** 255n])
    expect(index.exactly({ ...of, amount: pay(alice, 5n).amount })).toHaveLength(2)
    const without = [coins[1] ?? at(1n), at(99n), (10n ** 30n) as UtxoPos]
    expect(index.unspent(alice.address, without, everything)).toHaveLength(3)
    expect(index.balances(alice.address, without)).toEqual([{ currency: ETH, amount: 310n }])
    expect(index.balances(bob.address, without)).toEqual([])
    close()
  })

  test('has nothing to say of an owner as long as the ledger is ahead', async () => {
    const ledger = fakeLedger()
    const coin = ledger.deposit(pay(alice, 5n))
    const { index, follower, close } = openIndex(place.directory, ledger.feed)
    expect(index.current(alice.address)).toBeUndefined()
    await follower.catchUp()
    expect(index.current(alice.address)).toEqual([coin])
    ledger.deposit(pay(alice, 6n))
    expect(index.current(alice.address)).toBeUndefined()
    close()
  })

  test('of another chain, or that is no index at all, is made anew', async () => {
    const ledger = fakeLedger()
    ledger.deposit(pay(alice, 5n))
    const first = openIndex(place.directory, ledger.feed)
    await first.follower.catchUp()
    first.close()
    const other = openIndex(place.directory, fakeLedger().feed, { chainId: 1n, framework: alice.address })
    expect(other.index.balances(alice.address, [])).toEqual([])
    other.close()
    writeFileSync(
      `${place.directory}/index.sqlite`,
      'this is no database, but it is long enough to look like one'.repeat(100),
    )
    const again = openIndex(place.directory, ledger.feed)
    await again.follower.catchUp()
    expect(again.index.balances(alice.address, [])).toHaveLength(1)
    again.close()
  })

  test('forgets what it had gathered of a block that vanished before its eyes', async () => {
    const ledger = fakeLedger()
    const coins = [1n, 2n, 3n].map((amount) => ledger.deposit(pay(alice, amount)))
    const { index, follower, close } = openIndex(place.directory, ledger.feed)
    await follower.catchUp()
    const height = ledger.head()
    ledger.submit(coins.map((coin, at) => rawPayment([coin], [pay(bob, BigInt(at + 1))])))
    ledger.breakReads(true)
    await expect(follower.catchUp()).rejects.toMatchObject({ code: 'INDEX_MISMATCH' })
    ledger.breakReads(false)
    ledger.cut(height)
    ledger.submit([rawPayment(coins.slice(0, 1), [pay(carol, 1n)])])
    ledger.submit([rawPayment(coins.slice(1, 2), [pay(bob, 2n)])])
    await follower.catchUp()
    const balances = [alice, bob, carol].map(({ address }) => index.balances(address, []))
    expect(balances).toEqual([3n, 2n, 1n].map((amount) => [{ currency: ETH, amount }]))
    close()
  })

  test('that does not fit its ledger is made anew while it follows', async () => {
    const ledger = fakeLedger()
    const coin = ledger.deposit(pay(alice, 5n))
    const { index, follower, database, close } = openIndex(place.directory, ledger.feed)
    await follower.catchUp()
    database.writer.exec('delete from outputs')
    ledger.submit([rawPayment([coin], [pay(bob, 5n)])])
    const stop = new AbortController()
    const running = follower.run(stop.signal)
    while (!follower.isCurrent()) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await running
    expect(index.balances(bob.address, [])).toEqual([{ currency: ETH, amount: 5n }])
    close()
  })
})
