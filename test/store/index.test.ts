import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import type { Output, Transaction } from '../../src/plasma/transaction.ts'
import { ETH, type Address, type Timestamp, type UtxoPos } from '../../src/plasma/units.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, pay, rawPayment, token } from '../support/transactions.ts'
import { fakeLedger, type FakeLedger } from './index-feed.ts'
import { openIndex, temporary } from './index-stage.ts'

let place: ReturnType<typeof temporary>
beforeEach(() => {
  place = temporary()
})
afterEach(() => {
  place.remove()
})

const people = [alice, bob, carol]
const everything = { skip: 0n, most: 1_000 }
const noFilter = { owner: undefined, blknum: undefined, metadata: undefined, txTypes: undefined, until: undefined }

type Created = { utxoPos: UtxoPos; output: Output; creator: Transaction | undefined; spender?: Transaction | 'exit' }

/** Every output that a ledger knows, worked out one by one. */
function outputsOf(ledger: FakeLedger): Map<UtxoPos, Created> {
  const { blocks, deposits, exits } = ledger.chain()
  const outputs = new Map<UtxoPos, Created>()
  const create = (created: Created) => outputs.set(created.utxoPos, created)
  const spend = (utxoPos: UtxoPos, spender: Transaction | 'exit') => {
    const output = outputs.get(utxoPos)
    if (output) output.spender = spender
  }
  for (const { block, output } of deposits) create({ utxoPos: at(BigInt(block)), output, creator: undefined })
  for (const { block, content } of blocks) {
    for (const [txIndex, creator] of content.entries()) {
      for (const input of creator.inputs) spend(input, creator)
      for (const [outputIndex, output] of creator.outputs.entries()) {
        create({ utxoPos: encodeUtxoPos({ blknum: BigInt(block), txIndex, outputIndex }), output, creator })
      }
    }
  }
  for (const { utxoPos } of exits) spend(utxoPos, 'exit')
  return outputs
}

/** What an index must say of a ledger. */
function expected(ledger: FakeLedger) {
  const all = [...outputsOf(ledger).values()].sort((left, right) => (left.utxoPos < right.utxoPos ? -1 : 1))
  const ofOwner = (owner: Address) => all.filter(({ output, spender }) => output.owner === owner && !spender)
  const history = ledger.chain().blocks.flatMap(({ content }) => content)
  const outputs = outputsOf(ledger)
  return people.map(({ address }) => ({
    unspent: ofOwner(address).map(({ utxoPos }) => utxoPos),
    eth: ofOwner(address)
      .filter(({ output }) => output.currency === ETH)
      .reduce((sum, { output }) => sum + output.amount, 0n),
    transactions: history
      .filter((transaction) => {
        const spent = transaction.inputs.map((input) => outputs.get(input)?.output)
        return [...transaction.outputs, ...spent].some((output) => output?.owner === address)
      })
      .map(({ txHash }) => txHash)
      .toReversed(),
  }))
}

function said(index: ReturnType<typeof openIndex>['index']) {
  return people.map(({ address }) => ({
    unspent: index.unspent(address, [], everything).map(({ utxoPos }) => utxoPos),
    eth: index.balances(address, []).find(({ currency }) => currency === ETH)?.amount ?? 0n,
    transactions: index.transactions({ ...noFilter, owner: address }, everything).map(({ txHash }) => txHash),
  }))
}

/** A step of a random history: numbers choose among what is there. */
type Step = { type: keyof typeof plays | 'follow'; choices: readonly number[] }

type Choices = { unspent: readonly Created[]; choices: readonly [number, number, number] }

const plays = {
  deposit: (ledger: FakeLedger, { choices: [first, second, third] }: Choices) => {
    ledger.deposit(pay(people[first % people.length] ?? alice, BigInt(1 + second), third % 4 === 0 ? token : ETH))
  },
  exit: (ledger: FakeLedger, { unspent, choices: [, second] }: Choices) => {
    const chosen = unspent[second % Math.max(unspent.length, 1)]
    if (chosen) ledger.exit(chosen.utxoPos)
  },
  cut: (ledger: FakeLedger, { choices: [first] }: Choices) => {
    ledger.cut(Math.max(0, ledger.head() - (first % 5)))
  },
  submit: (ledger: FakeLedger, { unspent, choices }: Choices) => {
    ledger.submit(paymentsOf(unspent, choices))
  },
}

function play(ledger: FakeLedger, { type, choices: [first = 0, second = 0, third = 0] }: Step): void {
  const unspent = [...outputsOf(ledger).values()].filter(({ spender }) => !spender)
  if (type !== 'follow') plays[type](ledger, { unspent, choices: [first, second, third] })
}

/** Some payments, of which the last spends what the one before created. */
function paymentsOf(unspent: readonly Created[], [first, second, third]: Choices['choices']): Transaction[] {
  const some = unspent.slice(second % 3, (second % 3) + (first % 4))
  return some.map(({ utxoPos, output }, index) => {
    const [to, change] = [people[(third + index) % 3] ?? bob, people[index % 3] ?? bob]
    const half = output.amount / 2n
    const outputs = [pay(to, output.amount - half, output.currency), pay(change, half, output.currency)]
    return rawPayment(
      [utxoPos],
      outputs.filter(({ amount }) => amount > 0n),
    )
  })
}

const steps = fc.array(
  fc.record({
    type: fc.constantFrom<Step['type'][]>('deposit', 'deposit', 'submit', 'submit', 'exit', 'cut', 'follow'),
    choices: fc.array(fc.nat(50), { minLength: 3, maxLength: 3 }),
  }),
  { maxLength: 25 },
)

describe('the index', () => {
  test('is what the ledger is, whatever came and went, in whichever portions it followed', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const here = temporary()
        const ledger = fakeLedger()
        let opened = openIndex(here.directory, ledger.feed)
        for (const step of history) {
          play(ledger, step)
          if (step.type !== 'follow') continue
          await opened.follower.catchUp()
          if ((step.choices[0] ?? 0) % 2 === 0) continue
          opened.close()
          opened = openIndex(here.directory, ledger.feed)
        }
        await opened.follower.catchUp()
        expect(opened.follower.isCurrent()).toBe(true)
        expect(said(opened.index)).toEqual(expected(ledger))
        opened.close()
        here.remove()
      }),
      { numRuns: 60 },
    )
  })

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
    const { writeFileSync } = await import('node:fs')
    writeFileSync(
      `${place.directory}/index.sqlite`,
      'this is no database, but it is long enough to look like one'.repeat(100),
    )
    const again = openIndex(place.directory, ledger.feed)
    await again.follower.catchUp()
    expect(again.index.balances(alice.address, [])).toHaveLength(1)
    again.close()
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
