import { describe, expect, test } from '@jest/globals'
import { answerable } from '../../src/exit-game/answerable.ts'
import { canonicalProof } from '../../src/exit-game/canonical-proof.ts'
import { competitorData } from '../../src/exit-game/competitor-data.ts'
import type { Condition } from '../../src/exit-game/condition.ts'
import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { inFlightExitData } from '../../src/exit-game/exit-data.ts'
import { judge } from '../../src/exit-game/judge.ts'
import { inputChallenge } from '../../src/exit-game/piggyback-challenge.ts'
import { standardExitChallenge } from '../../src/exit-game/standard-exit-challenge.ts'
import type { Timestamp } from '../../src/plasma/units.ts'
import {
  atHeight,
  challengedBy,
  childChain,
  exitStarted,
  gameOf,
  inFlightExitStarted,
  judgedAt,
  MEP,
  piggybacked,
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

const onInput = { side: 'input' as const, index: 0 }
const onOutput = { side: 'output' as const, index: 0 }

test('trap 5: data for an in-flight exit whose input is a spent deposit is there', () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  const twice = payment([{ utxoPos: coin, signer: alice }], [pay(carol, 10n)])
  chain.block(payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)]))
  expect(inFlightExitData(chain.evidence, twice)).toMatchObject({ ok: true, data: { input_utxos_pos: [coin] } })
})

describe('trap 6: an in-flight transaction that is older than its competitors', () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  const own = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
  const rival = payment([{ utxoPos: coin, signer: alice }], [pay(alice, 10n)])
  chain.block(own)
  const start = inFlightExitStarted(chain, own, 100)
  const known = inFlightExitStarted(chain, rival, 99)

  test('is canonical, whatever else was signed', () => {
    const found = judged(chain, [known, start], 101).filter((condition) => 'txHash' in condition)
    expect(found.filter((condition) => 'txHash' in condition && condition.txHash === start.txHash)).toEqual([])
  })

  test('and a challenge of it is answered', () => {
    const events = [start, challengedBy(own, rival, { height: 102 })]
    expect(names(judged(chain, events, 103))).toEqual(['invalid_ife_challenge'])
    const facts = { game: gameOf(...events), evidence: chain.evidence }
    expect(canonicalProof(facts, own.transaction.txHash)).toMatchObject({
      ok: true,
      data: { in_flight_tx_pos: 1_000_000_000_000n },
    })
  })
})

describe('trap 10: an in-flight exit that was deleted', () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  chain.block()
  const own = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
  const start = inFlightExitStarted(chain, own, 100)
  const deleted: ExitGameEvent = { ...atHeight(400), type: 'InFlightExitDeleted', exitId: start.exitId }

  test('is judged no more', () => {
    expect(judged(chain, [start, deleted], 401)).toEqual([])
  })

  test('trap 17: leaves its input unspent, and its signature a proof against an exit of that input', () => {
    expect(chain.evidence.isUnspent(coin)).toBe(true)
    const events = [start, deleted, exitStarted(chain, coin, 500)]
    expect(judged(chain, events, 501)).toMatchObject([
      { type: 'invalid_exit', spendingTxHash: own.transaction.txHash, cause: { txHash: own.transaction.txHash } },
    ])
    const facts = { game: gameOf(...events), evidence: chain.evidence }
    expect(standardExitChallenge(facts, coin, framework)).toMatchObject({
      ok: true,
      data: { txbytes: own.transaction.raw, sig: own.signatures[0] },
    })
  })

  test('trap 17: an input of somebody who has not signed may be exited', () => {
    const bobs = chain.deposit(bob, 3n)
    expect(names(judged(chain, [start, deleted, exitStarted(chain, bobs, 500)], 501))).toEqual([])
  })
})

describe('trap 18: a competitor of which calldata has shown one signature', () => {
  const chain = childChain()
  const [hers, bobs, both] = [chain.deposit(mallory, 10n), chain.deposit(bob, 5n), chain.deposit(mallory, 2n)]
  chain.block()
  const rival = payment(
    [
      { utxoPos: bobs, signer: bob },
      { utxoPos: hers, signer: mallory },
      { utxoPos: both, signer: mallory },
    ],
    [pay(carol, 17n)],
  )
  const own = payment([{ utxoPos: hers, signer: mallory }], [pay(mallory, 10n)])
  const ofBob = payment([{ utxoPos: bobs, signer: bob }], [pay(bob, 5n)])
  const alsoHers = payment([{ utxoPos: both, signer: mallory }], [pay(mallory, 2n)])
  const events = [
    inFlightExitStarted(chain, own, 100),
    inFlightExitStarted(chain, ofBob, 100),
    inFlightExitStarted(chain, alsoHers, 100),
    challengedBy(own, rival, { height: 101, inputIndex: 1 }),
    piggybacked(alsoHers, onInput, 102),
  ]
  const facts = { game: gameOf(...events), evidence: chain.evidence }

  test('proves the spend of every input of the same owner', () => {
    const data = competitorData(facts, alsoHers.transaction.txHash, framework)
    expect(data).toMatchObject({ ok: true, data: { competing_input_index: 2, competing_sig: rival.signatures[2] } })
    const asked = { txHash: alsoHers.transaction.txHash, index: 0, framework }
    expect(inputChallenge(facts, asked)).toMatchObject({
      ok: true,
      data: { spending_input_index: 2, spending_sig: rival.signatures[2] },
    })
  })

  test('proves nothing of the others', () => {
    expect(competitorData(facts, ofBob.transaction.txHash, framework)).toEqual({
      ok: false,
      error: 'competitor_not_found',
    })
    const ofBobs = judge(facts.game, chain.evidence, judgedAt(103)).filter(
      (condition) => 'txHash' in condition && condition.txHash === ofBob.transaction.txHash,
    )
    expect(names(ofBobs)).toEqual(['piggyback_available', 'piggyback_available'])
  })
})

describe('trap 26: what only phase 1 takes', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const own = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 10n)])
  chain.block(payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)]))
  const game = gameOf(inFlightExitStarted(chain, own, 100))

  test('is not answered after it', () => {
    const seconds = [MEP / 2n - 2n, MEP / 2n - 1n, MEP / 2n].map((after) => (timeOf(100) + after) as Timestamp)
    const open = seconds.map((now) => {
      const conditions = judge(game, chain.evidence, { ...judgedAt(100), now })
      expect(names(conditions)).toContain('noncanonical_ife')
      return names(answerable(conditions, now)).filter((name) => name === 'noncanonical_ife').length
    })
    expect(open).toEqual([1, 0, 0])
  })
})

describe('trap 27: an in-flight exit that is started again after it was processed', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const own = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 10n)])
  const rival = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
  chain.block(rival)
  const life = [
    inFlightExitStarted(chain, own, 100),
    piggybacked(own, onInput, 101),
    challengedBy(own, rival, { height: 102, position: 1_000_000_000_000n }),
    withdrawn(own, onInput, 600),
  ]
  const again = inFlightExitStarted(chain, own, 700)

  test('has neither competitor nor piggyback', () => {
    const game = gameOf(...life, again)
    expect(game.inFlightExits.get(own.transaction.txHash)).toMatchObject({
      status: 'open',
      canonicity: { status: 'unchallenged' },
      piggybacks: { input: [{ status: 'absent' }], output: [{ status: 'absent' }] },
      started: { occurrence: again.occurrence },
    })
    expect(judged(chain, [...life, again], 701)).toContainEqual(
      expect.objectContaining({ type: 'noncanonical_ife', occurrence: again.occurrence }),
    )
  })

  test('does not silence the alarm of what it was paid before', () => {
    const found = judged(chain, [...life, again], 701).filter(({ type }) => type.endsWith('_piggyback'))
    expect(found).toMatchObject([
      { type: 'invalid_piggyback', settled: true, occurrence: life[1]?.occurrence },
      { type: 'unchallenged_piggyback', settled: true },
    ])
  })

  test('nor does a deletion of the second life', () => {
    const deleted: ExitGameEvent = { ...atHeight(1_000), type: 'InFlightExitDeleted', exitId: again.exitId }
    expect(judged(chain, [...life, again, deleted], 1_001)).toMatchObject([
      { type: 'invalid_piggyback', settled: true },
      { type: 'unchallenged_piggyback', settled: true },
    ])
  })

  test('when the first life ended without a word, the queue entry has gone with it', () => {
    const good = payment([{ utxoPos: chain.deposit(alice, 5n), signer: alice }], [pay(bob, 5n)])
    const second = inFlightExitStarted(chain, good, 900)
    const events = [inFlightExitStarted(chain, good, 100), piggybacked(good, onInput, 110), second]
    expect(gameOf(...events).inFlightExits.get(second.txHash)?.queue).toEqual([])
    const claim = piggybacked(good, onOutput, 905)
    const exitable = 905 + Number(MEP) / 15
    expect(names(judged(chain, [...events, claim], exitable))).not.toContain('exit_processable')
    expect(names(judged(chain, [...events, claim], exitable + 1))).toContain('exit_processable')
  })
})
