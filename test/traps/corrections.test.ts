import { describe, expect, test } from '@jest/globals'
import { isActive } from '../../src/exit-game/activity.ts'
import { competitorData } from '../../src/exit-game/competitor-data.ts'
import type { Condition } from '../../src/exit-game/condition.ts'
import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { spentByExit } from '../../src/exit-game/finalized-outputs.ts'
import { judge } from '../../src/exit-game/judge.ts'
import { standardExitChallenge } from '../../src/exit-game/standard-exit-challenge.ts'
import { executeBlock } from '../../src/plasma/state-transition.ts'
import type { SignedTransaction } from '../../src/plasma/transaction.ts'
import {
  challengedBy,
  childChain,
  exitStarted,
  gameOf,
  inFlightExitStarted,
  judgedAt,
  NOT_INCLUDED,
  piggybacked,
  SLA,
  withdrawn,
  type ChildChain,
} from '../support/exits.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { framework, pay, payment, token } from '../support/transactions.ts'

/** Where watcher.md 10 found elixir-omg wrong, or this page before it. */

function judged(chain: ChildChain, events: readonly ExitGameEvent[], height: number): Condition[] {
  return judge(gameOf(...events), chain.evidence, judgedAt(height))
}

function names(conditions: readonly Condition[]): string[] {
  return conditions.map(({ type }) => type)
}

const onOutput = { side: 'output' as const, index: 0 }

describe('D1: blocks count whatever exits are active', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const own = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 10n)])
  const toBob = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
  chain.block(toBob)

  test('an exit that pays as if it were canonical stays an alarm', () => {
    const events = [
      inFlightExitStarted(chain, own, 100),
      piggybacked(own, onOutput, 101),
      withdrawn(own, onOutput, 600),
    ]
    const game = gameOf(...events)
    const active = [...game.inFlightExits.values()].map((exit) => isActive(exit, { game, evidence: chain.evidence }))
    expect(active).toEqual([false])
    expect(names(judged(chain, events, 601))).toEqual(['noncanonical_ife', 'unchallenged_noncanonical_ife'])
  })

  test('one that was over when its start was read is canonical when its transaction is in a block', () => {
    const over = { ...inFlightExitStarted(chain, toBob, 100), contractTimestamp: 0n as never }
    expect(
      judged(chain, [inFlightExitStarted(chain, own, 99), over], 101).filter(
        (each) => 'txHash' in each && each.txHash === over.txHash,
      ),
    ).toEqual([])
  })
})

test('D2: an invalid payout stays an alarm when another token of the exit is paid rightly', () => {
  const chain = childChain()
  const [coin, coins] = [chain.deposit(mallory, 10n), chain.deposit(mallory, 7n, token)]
  const own = payment(
    [
      { utxoPos: coin, signer: mallory },
      { utxoPos: coins, signer: mallory },
    ],
    [pay(mallory, 10n), pay(mallory, 7n, token)],
  )
  const mine = chain.block(own)
  chain.block(payment([{ utxoPos: mine, signer: mallory }], [pay(bob, 10n)]))
  const other = { side: 'output' as const, index: 1 }
  const events = [
    inFlightExitStarted(chain, own, 100),
    piggybacked(own, onOutput, 101),
    piggybacked(own, other, 102),
    withdrawn(own, onOutput, 600),
    withdrawn(own, other, 700),
  ]
  for (const height of [601, 701, 10_000]) {
    const known = events.filter(({ blockNumber }) => blockNumber < height)
    expect(judged(chain, known, height)).toContainEqual(
      expect.objectContaining({ type: 'invalid_piggyback', ...onOutput, settled: true }),
    )
  }
})

test('D3: of a bad block nothing is executed', () => {
  const chain = childChain()
  const [coin, stolen] = [chain.deposit(alice, 10n), chain.deposit(bob, 5n)]
  const good = payment([{ utxoPos: coin, signer: alice }], [pay(carol, 10n)])
  const bad = payment([{ utxoPos: stolen, signer: mallory }], [pay(mallory, 5n)])
  const recovered = (tx: SignedTransaction, signer: typeof alice) => ({ ...tx, signers: [signer.address] })
  const block = { blknum: 1000n, transactions: [recovered(good, alice), recovered(bad, mallory)] }
  expect(executeBlock(chain.ledger, block)).toMatchObject({
    ok: false,
    finding: { reason: 'unauthorized_spend', txIndex: 1 },
  })
  expect([coin, stolen].map((each) => chain.evidence.isUnspent(each))).toEqual([true, true])
})

test('D4: a competitor of which calldata shows one signature does not hide what a block shows of it', () => {
  const chain = childChain()
  const [hers, bobs] = [chain.deposit(mallory, 10n), chain.deposit(bob, 5n)]
  const both = payment(
    [
      { utxoPos: hers, signer: mallory },
      { utxoPos: bobs, signer: bob },
    ],
    [pay(carol, 15n)],
  )
  const own = payment([{ utxoPos: hers, signer: mallory }], [pay(mallory, 10n)])
  chain.block(both)
  const events = [
    inFlightExitStarted(chain, own, 100),
    challengedBy(own, both, { height: 101, position: 1_000_000_000_000n }),
    exitStarted(chain, bobs, 102),
  ]
  const facts = { game: gameOf(...events), evidence: chain.evidence }
  expect(standardExitChallenge(facts, bobs, framework)).toMatchObject({
    ok: true,
    data: { txbytes: both.transaction.raw, input_index: 1, sig: both.signatures[1] },
  })
})

test('D5: an exit that pays its outputs has spent its inputs, whether they were piggybacked or in a block', () => {
  const chain = childChain()
  const [one, two] = [chain.deposit(alice, 10n), chain.deposit(alice, 5n)]
  chain.block()
  const own = payment(
    [
      { utxoPos: one, signer: alice },
      { utxoPos: two, signer: alice },
    ],
    [pay(bob, 15n)],
  )
  const paid = withdrawn(own, onOutput, 600)
  const game = gameOf(inFlightExitStarted(chain, own, 100), piggybacked(own, onOutput, 101), paid)
  chain.ledger.exit(spentByExit(paid, game, chain.evidence.inclusion))
  expect([one, two].map((each) => chain.evidence.isUnspent(each))).toEqual([false, false])
  expect(() => chain.block(payment([{ utxoPos: two, signer: alice }], [pay(carol, 5n)]))).toThrow('utxo_not_found')
})

describe('D6: of several spenders', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const [nowhere, shown, inBlock] = [bob, carol, alice].map((to) =>
    payment([{ utxoPos: coin, signer: mallory }], [pay(to, 10n)]),
  )
  if (!nowhere || !shown || !inBlock) throw new Error('no transactions')
  chain.block(inBlock)
  const events = [
    inFlightExitStarted(chain, nowhere, 100),
    challengedBy(nowhere, shown, { height: 101 }),
    exitStarted(chain, coin, 102),
  ]
  const facts = { game: gameOf(...events), evidence: chain.evidence }

  test('the one in a block comes first', () => {
    expect(standardExitChallenge(facts, coin, framework)).toMatchObject({
      ok: true,
      data: { txbytes: inBlock.transaction.raw },
    })
    expect(competitorData(facts, nowhere.transaction.txHash, framework)).toMatchObject({
      ok: true,
      data: { competing_txbytes: inBlock.transaction.raw, competing_tx_pos: 1_000_000_000_000n },
    })
  })

  test('in no block, it does not matter which was seen first', () => {
    const other = childChain()
    const alike = other.deposit(mallory, 10n)
    other.block()
    expect(alike).toBe(coin)
    const starts = [nowhere, shown, inBlock].map((tx) => inFlightExitStarted(other, tx, 100))
    const named = [starts, starts.toReversed()].map((order) => {
      const [found] = judged(other, [...order, exitStarted(other, alike, 102)], 103)
      return found && 'spendingTxHash' in found && found.spendingTxHash
    })
    expect(new Set(named).size).toBe(1)
  })
})

test('D7: 2^256 - 1 is a position like any other, younger than them all', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const [own, rival, older] = [bob, mallory, alice].map((to) =>
    payment([{ utxoPos: coin, signer: mallory }], [pay(to, 10n)]),
  )
  if (!own || !rival || !older) throw new Error('no transactions')
  const events = [
    inFlightExitStarted(chain, own, 100),
    challengedBy(own, rival, { height: 101, position: NOT_INCLUDED }),
  ]
  expect(names(judged(chain, events, 102))).not.toContain('noncanonical_ife')
  chain.block(older)
  expect(names(judged(chain, events, 102))).toContain('noncanonical_ife')
  expect(names(judged(chain, events, 100 + Number(SLA)))).not.toContain('unchallenged_noncanonical_ife')
})
