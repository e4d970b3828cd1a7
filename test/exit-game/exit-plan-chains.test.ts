import { describe, expect, test } from '@jest/globals'
import { inFlightExitId } from '../../src/exit-game/exit-id.ts'
import type { Timestamp } from '../../src/plasma/units.ts'
import { blocked, childChain, gameOf, inFlightExitStarted, MEP, piggybacked, timeOf } from '../support/exits.ts'
import { inFlight, left, nothing, planOf } from '../support/holdings.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { at, pay, payment, token } from '../support/transactions.ts'

describe('a chain of transactions in no valid block', () => {
  function story() {
    const chain = childChain()
    const alices = chain.deposit(alice, 10n)
    const first = payment([{ utxoPos: alices, signer: alice }], [pay(bob, 3n), pay(alice, 7n)])
    const hidden = at(1000n, 4, 1)
    const second = payment([{ utxoPos: hidden, signer: alice }], [pay(carol, 2n), pay(alice, 5n)])
    return { chain, first, second }
  }

  test('leaves with the first of them, without the output that the second spends', () => {
    const { chain, first, second } = story()
    const plan = planOf({ chain, people: [alice], archived: [first, second] })
    expect(inFlight(plan)).toEqual([{ txHash: first.transaction.txHash, pieces: ['input 0'] }])
    expect(left(plan)).toEqual([
      ['output_spent', 7n, first.transaction.txHash, 1],
      ['input_not_provable', 5n, second.transaction.txHash, 1],
    ])
  })

  test('holds back the output whose amount fits best, and no other', () => {
    const { chain, first, second } = story()
    const more = chain.deposit(alice, 100n)
    const other = payment([{ utxoPos: more, signer: alice }], [pay(bob, 1n), pay(alice, 99n)])
    const plan = planOf({ chain, people: [alice], archived: [other, first, second] })
    expect(inFlight(plan)).toEqual([
      { txHash: other.transaction.txHash, pieces: ['input 0', 'output 1'] },
      { txHash: first.transaction.txHash, pieces: ['input 0'] },
    ])
  })

  test('of which the invalid block shows the first holds back what is spent of it, and nothing else', () => {
    const chain = childChain()
    const alices = chain.deposit(alice, 10n)
    const first = payment([{ utxoPos: alices, signer: alice }], [pay(alice, 3n), pay(alice, 7n)])
    const second = payment([{ utxoPos: at(1000n, 0, 0), signer: alice }], [pay(bob, 3n)])
    const elsewhere = payment([{ utxoPos: at(1000n, 1, 1), signer: alice }], [pay(bob, 7n)])
    const plan = planOf({ chain, people: [alice], archived: [first, second, elsewhere], rejected: [first] })
    expect(inFlight(plan)).toEqual([{ txHash: first.transaction.txHash, pieces: ['input 0', 'output 1'] }])
  })

  test('takes an own coin with it that the second spends beside what nobody can prove', () => {
    const chain = childChain()
    const alices = chain.deposit(alice, 10n)
    const second = payment(
      [
        { utxoPos: at(1000n, 4, 1), signer: alice },
        { utxoPos: alices, signer: alice },
      ],
      [pay(bob, 12n)],
    )
    const plan = planOf({ chain, people: [alice], archived: [second] })
    expect(plan).toMatchObject({ inFlightExits: [], standardExits: [] })
    expect(left(plan)).toEqual([['input_not_provable', 10n, alices]])
  })
})

describe("somebody else's transaction that no valid block holds", () => {
  test('is not started, though it pays us', () => {
    const chain = childChain()
    const tx = payment([{ utxoPos: chain.deposit(mallory, 10n), signer: mallory }], [pay(alice, 10n)])
    const plan = planOf({ chain, people: [alice], archived: [tx] })
    expect(plan.inFlightExits).toEqual([])
    expect(left(plan)).toEqual([['somebody_elses', 10n, tx.transaction.txHash, 0]])
  })

  test('is joined when its exit is open, in its phase 1', () => {
    const chain = childChain()
    const coin = { utxoPos: chain.deposit(mallory, 10n, token), signer: mallory }
    const tx = payment([coin], [pay(bob, 1n, token), pay(alice, 9n, token)])
    const open = gameOf(inFlightExitStarted(chain, tx, 95))
    expect(planOf({ chain, people: [alice], game: open })).toMatchObject({
      ...nothing,
      piggybacks: [
        {
          side: 'output',
          index: 1,
          exitId: inFlightExitId(tx.transaction.raw),
          inFlightTx: tx.transaction.raw,
          deadline: timeOf(95) + MEP / 2n - 1n,
          addExitQueue: true,
        },
      ],
    })
    const late = { now: (timeOf(95) + MEP / 2n) as Timestamp }
    expect(left(planOf({ chain, people: [alice], game: open, terms: late }))).toEqual([
      ['phase_one_over', 9n, tx.transaction.txHash, 1],
    ])
  })

  test('in the invalid block itself is started, because that block can prove it older than any competitor', () => {
    const chain = childChain()
    const tx = payment([{ utxoPos: chain.deposit(mallory, 10n), signer: mallory }], [pay(alice, 10n)])
    const plan = planOf({ chain, people: [alice], rejected: [tx] })
    expect(inFlight(plan)).toEqual([{ txHash: tx.transaction.txHash, pieces: ['output 0'] }])
  })

  test('in the invalid block is not started when its inputs lie in that block, or are spent', () => {
    const chain = childChain()
    const [one, two] = [chain.deposit(mallory, 10n), chain.deposit(mallory, 20n)]
    const first = payment([{ utxoPos: one, signer: mallory }], [pay(mallory, 10n)])
    const young = payment([{ utxoPos: at(2000n, 0), signer: mallory }], [pay(alice, 10n)])
    const spent = payment([{ utxoPos: two, signer: mallory }], [pay(alice, 20n)])
    chain.block(payment([{ utxoPos: two, signer: mallory }], [pay(mallory, 20n)]))
    const plan = planOf({ chain, people: [alice], rejected: [first, young, spent] })
    expect(plan.inFlightExits).toEqual([])
    expect(left(plan)).toEqual([
      ['input_not_provable', 10n, young.transaction.txHash, 0],
      ['not_canonical', 20n, spent.transaction.txHash, 0],
    ])
  })
})

describe('an own in-flight exit that is open', () => {
  const chain = childChain()
  const alices = chain.deposit(alice, 10n)
  const tx = payment([{ utxoPos: alices, signer: alice }], [pay(bob, 3n), pay(alice, 7n)])
  const started = inFlightExitStarted(chain, tx, 95)
  const input = { side: 'input', index: 0 } as const

  test('is not started again, but joined with what has not joined', () => {
    const plan = planOf({ chain, people: [alice], game: gameOf(started, piggybacked(tx, input, 96)) })
    expect(plan).toMatchObject({ ...nothing, piggybacks: [{ side: 'output', index: 1 }] })
  })

  test('does not join again with what was challenged as spent', () => {
    const game = gameOf(started, piggybacked(tx, input, 96), blocked(tx, input, 97))
    const plan = planOf({ chain, people: [alice], game })
    expect(plan.piggybacks).toMatchObject([{ side: 'output', index: 1 }])
    expect(left(plan)).toEqual([['exit_was_challenged', 10n, alices]])
  })

  test('keeps a second transaction of the same input from being started', () => {
    const second = payment([{ utxoPos: alices, signer: alice }], [pay(alice, 10n)])
    const plan = planOf({ chain, people: [alice], game: gameOf(started), archived: [second] })
    expect(plan.inFlightExits).toEqual([])
    expect(left(plan)).toContainEqual(['competes', 10n, second.transaction.txHash, 0])
  })

  test('may be started again after it was deleted', () => {
    const deleted = {
      ...started,
      type: 'InFlightExitDeleted',
      occurrence: { txHash: started.txHash, rank: 9 },
    } as const
    const plan = planOf({ chain, people: [alice], game: gameOf(started, deleted) })
    expect(inFlight(plan)).toEqual([{ txHash: tx.transaction.txHash, pieces: ['input 0', 'output 1'] }])
  })
})
