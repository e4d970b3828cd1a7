import { cpSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { IndexMismatchError } from '../../src/store/index-mismatch.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import type { Output, Transaction } from '../../src/plasma/transaction.ts'
import { ETH, type Address, type UtxoPos } from '../../src/plasma/units.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, pay, rawPayment, token } from '../support/transactions.ts'
import { fakeLedger, type FakeLedger } from './index-feed.ts'
import { openIndex, temporary } from './index-stage.ts'

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
  for (const { block, output } of deposits) {
    if (output) create({ utxoPos: at(BigInt(block)), output, creator: undefined })
  }
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
  nonsense: (ledger: FakeLedger) => {
    ledger.nonsense()
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

/** What a ledger that changes under one's eyes makes happen; the follower tries again. */
function unlessMismatch(error: unknown): void {
  if (!(error instanceof IndexMismatchError)) throw error
}

const steps = fc.array(
  fc.record({
    type: fc.constantFrom<Step['type'][]>(
      ...([
        'deposit',
        'deposit',
        'nonsense',
        'submit',
        'submit',
        'exit',
        'cut',
        'cut',
        'follow',
        'follow',
        'follow',
      ] as const),
    ),
    choices: fc.array(fc.nat(50), { minLength: 3, maxLength: 3 }),
  }),
  { maxLength: 40 },
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
          ledger.breakReads((step.choices[1] ?? 0) % 4 === 0)
          await opened.follower.catchUp().catch(unlessMismatch)
          ledger.breakReads(false)
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
      { numRuns: 300 },
    )
  })

  test('that was cut off in the middle of a block goes on, and ends as if nothing had been', async () => {
    const ledger = fakeLedger()
    const coins = Array.from({ length: 300 }, (_, index) => ledger.deposit(pay(alice, BigInt(index + 1))))
    ledger.submit(coins.map((coin, index) => rawPayment([coin], [pay(bob, BigInt(index + 1))])))
    for (let turns = 1; turns < 8; turns++) {
      const [here, copy] = [temporary(), temporary()]
      const { follower, close } = openIndex(here.directory, ledger.feed)
      const following = follower.catchUp()
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
      // What the disk holds when the process is killed now.
      cpSync(here.directory, copy.directory, { recursive: true })
      await following
      close()
      const again = openIndex(copy.directory, ledger.feed)
      await again.follower.catchUp()
      expect(said(again.index)).toEqual(expected(ledger))
      again.close()
      for (const each of [here, copy]) each.remove()
    }
  })
})
