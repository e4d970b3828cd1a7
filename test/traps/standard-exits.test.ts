import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { answerable } from '../../src/exit-game/answerable.ts'
import type { Condition } from '../../src/exit-game/condition.ts'
import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { exitData } from '../../src/exit-game/exit-data.ts'
import { judge } from '../../src/exit-game/judge.ts'
import { standardExitChallenge } from '../../src/exit-game/standard-exit-challenge.ts'
import type { UtxoPos } from '../../src/plasma/units.ts'
import {
  atHeight,
  childChain,
  exitStarted,
  gameOf,
  inFlightExitStarted,
  judgedAt,
  MEP,
  piggybacked,
  SLA,
  timeOf,
  withdrawn,
  type ChildChain,
} from '../support/exits.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { framework, pay, payment } from '../support/transactions.ts'

function judged(chain: ChildChain, events: readonly ExitGameEvent[], height: number): Condition[] {
  return judge(gameOf(...events), chain.evidence, judgedAt(height))
}

function names(conditions: readonly Condition[]): string[] {
  return conditions.map(({ type }) => type)
}

function omitted({ exitId }: { exitId: bigint }, height: number): ExitGameEvent {
  return { ...atHeight(height), type: 'ExitOmitted', exitId }
}

describe('trap 1: an exit of an output that is not synced yet', () => {
  test('is not called invalid, and is judged as soon as its block is here', () => {
    const chain = childChain()
    const coin = chain.deposit(alice, 10n)
    const start = exitStarted(chain, coin, 100)
    const later = { ...start, utxoPos: 1_000_000_000_000n as UtxoPos }
    expect(judged(chain, [later], 101)).toEqual([])
    chain.block(payment([{ utxoPos: coin, signer: alice }], [pay(mallory, 10n)]))
    expect(judged(chain, [later], 101)).toEqual([])
    chain.block(payment([{ utxoPos: later.utxoPos, signer: mallory }], [pay(bob, 10n)]))
    expect(names(judged(chain, [later], 101))).toEqual(['invalid_exit'])
  })

  test('does not hide a signed spend of it', () => {
    const chain = childChain()
    const coin = chain.deposit(mallory, 10n)
    const unknown = 1_000_000_000_000n as UtxoPos
    const spend = payment(
      [
        { utxoPos: coin, signer: mallory },
        { utxoPos: unknown, signer: mallory },
      ],
      [pay(bob, 20n)],
    )
    const seen = inFlightExitStarted(chain, payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)]), 90)
    const shown: ExitGameEvent = {
      ...atHeight(91),
      type: 'InFlightExitChallenged',
      txHash: seen.txHash,
      challenger: bob.address,
      competitorPosition: 2n ** 256n - 1n,
      competingTx: spend.transaction.raw,
      competingTxInputIndex: 0,
      competingTxSignature: spend.signatures[0] ?? new Uint8Array(65),
    }
    const exit = { ...exitStarted(chain, coin, 100), utxoPos: unknown }
    expect(judged(chain, [seen, shown, exit], 101)).toContainEqual(
      expect.objectContaining({ type: 'invalid_exit', utxoPos: unknown }),
    )
  })
})

test('trap 2: an exit that has become unchallenged is challengeable still', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const spend = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
  const start = exitStarted(chain, coin, 100)
  expect(judged(chain, [start], 100 + Number(SLA))).toEqual([])
  chain.block(spend)
  const late = judged(chain, [start], 100 + Number(SLA))
  expect(names(answerable(late, timeOf(100 + Number(SLA))))).toEqual(['invalid_exit', 'unchallenged_exit'])
  const facts = { game: gameOf(start), evidence: chain.evidence }
  expect(standardExitChallenge(facts, coin, framework)).toMatchObject({
    ok: true,
    data: { txbytes: spend.transaction.raw },
  })
})

describe('trap 4: in-flight exits of other coins', () => {
  test('never make a standard exit invalid', () => {
    const chain = childChain()
    const coins = [1n, 2n, 3n, 4n, 5n].map((amount) => chain.deposit(alice, amount))
    chain.block()
    fc.assert(
      fc.property(fc.shuffledSubarray(coins), fc.nat(4), (inputs, at) => {
        const [own, ...others] = [coins[at] ?? 0n, ...inputs.filter((coin) => coin !== coins[at])] as UtxoPos[]
        if (own === undefined) return
        const flights = others.map((coin, index) =>
          inFlightExitStarted(chain, payment([{ utxoPos: coin, signer: alice }], [pay(bob, 1n)]), 90 + index),
        )
        const exit = exitStarted(chain, own, 100)
        const found = judged(chain, [...flights, exit], 101).filter(({ type }) => type === 'invalid_exit')
        expect(found).toEqual([])
      }),
      { numRuns: 20 },
    )
  })
})

describe('trap 5: challenge data', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const other = chain.deposit(alice, 5n)
  const spend = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
  chain.block(spend)
  const inFlight = inFlightExitStarted(chain, payment([{ utxoPos: other, signer: alice }], [pay(bob, 5n)]), 90)

  test('of a standard exit is there though in-flight exits are', () => {
    const facts = { game: gameOf(inFlight, exitStarted(chain, coin, 100)), evidence: chain.evidence }
    expect(standardExitChallenge(facts, coin, framework)).toMatchObject({
      ok: true,
      data: { txbytes: spend.transaction.raw },
    })
  })

  test('of an unspent output is an error, not a crash', () => {
    const unspent = chain.deposit(carol, 1n)
    const facts = { game: gameOf(exitStarted(chain, unspent, 100)), evidence: chain.evidence }
    expect(standardExitChallenge(facts, unspent, framework)).toEqual({ ok: false, error: 'utxo_not_spent' })
    expect(standardExitChallenge(facts, other, framework)).toEqual({ ok: false, error: 'exit_not_found' })
  })

  test('for an exit of a spent deposit is there as well', () => {
    expect(exitData(chain.evidence, coin)).toMatchObject({ ok: true, data: { utxo_pos: coin } })
  })
})

describe('trap 8: a start that is read late', () => {
  test('of an exit that was challenged at once is known by its calldata', () => {
    const chain = childChain()
    const coin = chain.deposit(mallory, 10n)
    chain.block(payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)]))
    const start = { ...exitStarted(chain, coin, 100), exitable: false }
    expect(judged(chain, [start], 101)).toEqual([])
    const game = gameOf(start)
    expect(game.standardExits.get(start.exitId)).toMatchObject({ owner: mallory.address, amount: 10n })
    expect(standardExitChallenge({ game, evidence: chain.evidence }, coin, framework).ok).toBe(true)
  })

  test('of two exits in one batch stand beside each other', () => {
    const chain = childChain()
    const [one, two] = [chain.deposit(mallory, 10n), chain.deposit(mallory, 7n)]
    chain.block(payment([{ utxoPos: one, signer: mallory }], [pay(bob, 10n)]))
    const found = judged(chain, [exitStarted(chain, one, 100), exitStarted(chain, two, 100)], 101)
    expect(found).toMatchObject([{ type: 'invalid_exit', utxoPos: one }])
  })
})

describe('trap 16: a standard and an in-flight exit of one output', () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  const toBob = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
  const bobs = chain.block(toBob)
  const piece = { side: 'output' as const, index: 0 }
  const exit = exitStarted(chain, bobs, 100)
  const flight = [inFlightExitStarted(chain, toBob, 100), piggybacked(toBob, piece, 101)]
  const late = 102 + 2 * Number(MEP)

  test('the one that comes second is omitted, and was never an alarm: the in-flight exit first', () => {
    chain.ledger.exit([bobs])
    const paid = withdrawn(toBob, piece, 600)
    expect(judged(chain, [...flight, exit, paid], 601)).toEqual([])
    expect(judged(chain, [...flight, exit, paid], late)).toEqual([])
    expect(judged(chain, [...flight, exit, paid, omitted(exit, 602)], late)).toEqual([])
  })

  test('the standard exit first', () => {
    const paid: ExitGameEvent = { ...atHeight(600), type: 'ExitFinalized', exitId: exit.exitId }
    const conditions = judged(chain, [...flight, exit, paid], 602)
    expect(names(conditions).filter((name) => name !== 'exit_processable')).toEqual([])
  })

  test('what merely vanished, with nobody paid, stays an alarm', () => {
    expect(names(judged(chain, [exit], 101))).toEqual(['invalid_exit'])
  })
})

test('trap 25: what is overdue is said at any head, new child blocks or not', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  chain.block(payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)]))
  const start = exitStarted(chain, coin, 100)
  const game = gameOf(start)
  const heads = [0, 1].map((more) => judge(game, chain.evidence, judgedAt(99 + Number(SLA) + more)))
  expect(heads.map(names)).toEqual([['invalid_exit'], ['invalid_exit', 'unchallenged_exit']])
})

describe('trap 27: a standard exit that is started again', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  chain.block(payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)]))
  const first = exitStarted(chain, coin, 100)
  const challenged: ExitGameEvent = { ...atHeight(102), type: 'ExitChallenged', utxoPos: coin }
  const again = exitStarted(chain, coin, 700)

  test('after it was omitted is a new matter, to be challenged again', () => {
    const life = [first, challenged, omitted(first, 600)]
    expect(judged(chain, life, 650)).toEqual([])
    expect(judged(chain, [...life, again], 701)).toMatchObject([
      { type: 'invalid_exit', occurrence: again.occurrence, deadline: timeOf(700) + MEP },
    ])
  })
})

test('trap 28: a replay of the past needs nothing of the present', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  chain.block(payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)]))
  const start = exitStarted(chain, coin, 100)
  const finalized: ExitGameEvent = { ...atHeight(600), type: 'ExitFinalized', exitId: start.exitId }
  const live = judged(chain, [start, finalized], 700)
  const replayed = judged(chain, [{ ...start, exitable: false }, finalized], 700)
  expect(replayed).toEqual(live)
  expect(names(replayed)).toEqual(['invalid_exit', 'unchallenged_exit'])
})

test('trap 31: exit data says nothing of whether the output is spent; whoever asks looks himself', () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  const bobs = chain.block(payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)]))
  chain.block(payment([{ utxoPos: bobs, signer: bob }], [pay(carol, 10n)]))
  expect(exitData(chain.evidence, bobs)).toMatchObject({ ok: true })
  expect(chain.evidence.isUnspent(bobs)).toBe(false)
})
