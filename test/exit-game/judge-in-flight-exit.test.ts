import { describe, expect, test } from '@jest/globals'
import { answerable } from '../../src/exit-game/answerable.ts'
import { competitorData } from '../../src/exit-game/competitor-data.ts'
import type { Condition, ConditionType } from '../../src/exit-game/condition.ts'
import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { judge } from '../../src/exit-game/judge.ts'
import { inputChallenge } from '../../src/exit-game/piggyback-challenge.ts'
import { statusEvents } from '../../src/exit-game/status-events.ts'
import { decodeUtxoPos } from '../../src/plasma/position.ts'
import type { Timestamp } from '../../src/plasma/units.ts'
import {
  atHeight,
  blocked,
  challengedBy,
  childChain,
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
import { framework, pay, payment, token } from '../support/transactions.ts'

const onInput = { side: 'input' as const, index: 0 }
const onOutput = { side: 'output' as const, index: 0 }

function judged(chain: ChildChain, events: readonly ExitGameEvent[], height: number): Condition[] {
  return judge(gameOf(...events), chain.evidence, judgedAt(height))
}

function named(conditions: readonly Condition[], ...types: ConditionType[]): string[] {
  return conditions.map(({ type }) => type).filter((type) => types.includes(type))
}

describe('Mallory pays one coin twice and exits the payment that came to nothing', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const toBob = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
  const toSelf = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 10n)])
  chain.block(toBob)
  const start = inFlightExitStarted(chain, toSelf, 100)
  const lastOfPhaseOne = timeOf(100) + MEP / 2n - 1n

  test('her exit is not canonical, which must be shown in phase 1', () => {
    const condition = judged(chain, [start], 101)[0]
    expect(condition).toMatchObject({ type: 'noncanonical_ife', deadline: lastOfPhaseOne, ethHeight: 100n })
  })

  test('after phase 1 it is still reported, but no call can answer it', () => {
    const late = (timeOf(100) + MEP / 2n) as Timestamp
    const conditions = judge(gameOf(start), chain.evidence, { ...judgedAt(100), now: late })
    expect(named(conditions, 'noncanonical_ife', 'bond_recoverable')).toEqual(['noncanonical_ife', 'bond_recoverable'])
    expect(named(answerable(conditions, late), 'noncanonical_ife', 'piggyback_available')).toEqual([])
    const lastChance = (late - 2n) as Timestamp
    expect(named(answerable(conditions, lastChance), 'noncanonical_ife')).toEqual(['noncanonical_ife'])
  })

  test('users are told to leave while an output may still be claimed', () => {
    const overdue = 100 + Number(SLA)
    expect(named(judged(chain, [start], overdue), 'unchallenged_noncanonical_ife')).toHaveLength(1)
    const afterPhaseOne = 100 + Number(MEP) / 15
    expect(named(judged(chain, [start], afterPhaseOne), 'unchallenged_noncanonical_ife')).toEqual([])
    const claim = piggybacked(toSelf, onOutput, 101)
    expect(named(judged(chain, [start, claim], afterPhaseOne), 'unchallenged_noncanonical_ife')).toHaveLength(1)
  })

  test('once shown, it is settled; the payment in the block is the proof', () => {
    const position = chain.evidence.inclusion(toBob.transaction)
    const facts = { game: gameOf(start), evidence: chain.evidence }
    expect(competitorData(facts, toSelf.transaction.txHash, framework)).toMatchObject({
      ok: true,
      data: { competing_txbytes: toBob.transaction.raw, competing_tx_pos: 1_000_000_000_000n },
    })
    expect(position).toEqual({ blknum: 1000n, txIndex: 0 })
    const shown = challengedBy(toSelf, toBob, { height: 101, position: 1_000_000_000_000n })
    expect(named(judged(chain, [start, shown], 102), 'noncanonical_ife', 'invalid_ife_challenge')).toEqual([])
  })

  test('a payout of her input is an alarm for ever, though the contract is done with it', () => {
    const events = [start, piggybacked(toSelf, onInput, 101), withdrawn(toSelf, onInput, 700)]
    const conditions = judged(chain, events, 701)
    expect(named(conditions, 'invalid_piggyback', 'unchallenged_piggyback')).toEqual([
      'invalid_piggyback',
      'unchallenged_piggyback',
    ])
    expect(named(answerable(conditions, timeOf(701)), 'invalid_piggyback')).toEqual([])
  })

  test('it stays one when another token of the exit is paid later', () => {
    const coins = chain.deposit(mallory, 3n, token)
    const both = [
      { utxoPos: coin, signer: mallory },
      { utxoPos: coins, signer: mallory },
    ]
    const mixed = payment(both, [pay(mallory, 10n), pay(mallory, 3n, token)])
    const second = { side: 'input' as const, index: 1 }
    const events = [
      inFlightExitStarted(chain, mixed, 100),
      piggybacked(mixed, onInput, 101),
      piggybacked(mixed, second, 102),
      withdrawn(mixed, onInput, 700),
      withdrawn(mixed, second, 710),
    ]
    expect(named(judged(chain, events, 711), 'invalid_piggyback')).toEqual(['invalid_piggyback'])
  })
})

describe('a piggyback on an input that was spent elsewhere', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const toBob = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
  const toSelf = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 10n)])
  chain.block(toBob)
  const start = inFlightExitStarted(chain, toSelf, 100)
  const claim = piggybacked(toSelf, onInput, 110)

  test('is invalid until the exit may be processed, one period after the piggyback', () => {
    const conditions = judged(chain, [start, claim], 111)
    expect(conditions.find(({ type }) => type === 'invalid_piggyback')).toMatchObject({
      ...onInput,
      deadline: timeOf(110) + MEP,
      occurrence: claim.occurrence,
      ethHeight: 110n,
    })
  })

  test('is overdue by its own age for us, by the age of the exit on the wire of the Watcher', () => {
    const game = gameOf(start, claim)
    const time = judgedAt(100 + Number(SLA))
    const conditions = judge(game, chain.evidence, time)
    expect(named(conditions, 'unchallenged_piggyback')).toEqual([])
    expect(statusEvents({ conditions, game, time }).map(({ name }) => name)).toContain('unchallenged_piggyback')
    expect(named(judged(chain, [start, claim], 110 + Number(SLA)), 'unchallenged_piggyback')).toHaveLength(1)
  })

  test('is settled by a challenge, and is not offered to its owner again', () => {
    const conditions = judged(chain, [start, claim, blocked(toSelf, onInput, 112)], 113)
    expect(named(conditions, 'invalid_piggyback')).toEqual([])
    expect(conditions.filter((condition) => condition.type === 'piggyback_available')).toMatchObject([onOutput])
  })

  test('is invalid again when the owner piggybacks again, as a new occurrence with the first deadline', () => {
    const again = piggybacked(toSelf, onInput, 150)
    const conditions = judged(chain, [start, claim, blocked(toSelf, onInput, 112), again], 151)
    expect(conditions.find(({ type }) => type === 'invalid_piggyback')).toMatchObject({
      occurrence: again.occurrence,
      deadline: timeOf(110) + MEP,
    })
  })

  test('is proven by the payment', () => {
    const facts = { game: gameOf(start, claim), evidence: chain.evidence }
    const asked = { txHash: toSelf.transaction.txHash, index: 0, framework }
    expect(inputChallenge(facts, asked)).toMatchObject({
      ok: true,
      data: { spending_txbytes: toBob.transaction.raw, spending_sig: toBob.signatures[0], input_utxo_pos: coin },
    })
    expect(inputChallenge(facts, { ...asked, index: 4 })).toEqual({
      ok: false,
      error: 'piggybacked_index_out_of_range',
    })
    expect(inputChallenge(facts, { ...asked, index: 1 })).toEqual({
      ok: false,
      error: 'no_double_spend_on_particular_piggyback',
    })
  })
})

describe("Alice's payment is in a block, and somebody exits it", () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  const toBob = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
  const other = payment([{ utxoPos: coin, signer: alice }], [pay(carol, 10n)])
  const bobs = chain.block(toBob)
  const start = inFlightExitStarted(chain, toBob, 100)

  test('nothing is wrong with it, and nobody needs to piggyback', () => {
    expect(judged(chain, [start], 101)).toEqual([])
  })

  test('a challenge by a competitor that no block holds can be answered with its inclusion', () => {
    const shown = challengedBy(toBob, other, { height: 105 })
    const conditions = judged(chain, [start, piggybacked(toBob, onOutput, 103), shown], 106)
    expect(conditions).toMatchObject([
      { type: 'invalid_ife_challenge', occurrence: shown.occurrence, deadline: timeOf(103) + MEP },
    ])
  })

  test('after the answer nothing is left', () => {
    const responded: ExitGameEvent = {
      ...atHeight(106),
      type: 'InFlightExitChallengeResponded',
      txHash: toBob.transaction.txHash,
      challenger: alice.address,
      challengePosition: 1_000_000_000_000n,
    }
    expect(judged(chain, [start, challengedBy(toBob, other, { height: 105 }), responded], 107)).toEqual([])
  })

  test('when Bob has spent its output, a piggyback on it is invalid', () => {
    chain.block(payment([{ utxoPos: bobs, signer: bob }], [pay(carol, 10n)]))
    const conditions = judged(chain, [start, piggybacked(toBob, onOutput, 103)], 104)
    expect(conditions).toMatchObject([{ type: 'invalid_piggyback', ...onOutput }])
  })
})

describe('an in-flight exit of a payment that no block holds', () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  chain.block()
  const toBob = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
  const start = inFlightExitStarted(chain, toBob, 100)
  const last = 100 + Number(MEP) / 30

  test('is open to the owners of its inputs and outputs through phase 1', () => {
    const conditions = judged(chain, [start], 101)
    expect(conditions).toMatchObject([
      { type: 'piggyback_available', ...onInput, owner: alice.address, deadline: timeOf(100) + MEP / 2n - 1n },
      { type: 'piggyback_available', ...onOutput, owner: bob.address },
    ])
  })

  test('gives its bond back after phase 1 when nobody piggybacked, or all piggybacks were challenged', () => {
    const gone = [piggybacked(toBob, onInput, 101), blocked(toBob, onInput, 102)]
    expect(named(judged(chain, [start], last - 1), 'bond_recoverable')).toEqual([])
    expect(named(judged(chain, [start], last), 'bond_recoverable')).toEqual(['bond_recoverable'])
    expect(named(judged(chain, [start, ...gone], last), 'bond_recoverable')).toEqual(['bond_recoverable'])
    expect(named(judged(chain, [start, piggybacked(toBob, onInput, 101)], last), 'bond_recoverable')).toEqual([])
  })

  test('can be processed one period after the first piggyback of a token', () => {
    const claim = piggybacked(toBob, onOutput, 110)
    const exitable = 110 + Number(MEP) / 15
    expect(named(judged(chain, [start, claim], exitable), 'exit_processable')).toEqual([])
    expect(named(judged(chain, [start, claim], exitable + 1), 'exit_processable')).toEqual(['exit_processable'])
    const paid = withdrawn(toBob, onOutput, exitable + 2)
    expect(judged(chain, [start, claim, paid], exitable + 3)).toEqual([])
  })

  test('says who is paid: who has joined, and whoever holds the bond', () => {
    const initiator = `0x${'11'.repeat(20)}`
    const challenger = `0x${'33'.repeat(20)}`
    expect(judged(chain, [start], last)).toContainEqual(
      expect.objectContaining({ type: 'bond_recoverable', payees: [initiator] }),
    )
    const rival = payment([{ utxoPos: coin, signer: alice }], [pay(alice, 10n)])
    const challenge = challengedBy(toBob, rival, { height: 105 })
    expect(judged(chain, [start, challenge], last)).toContainEqual(
      expect.objectContaining({ type: 'bond_recoverable', payees: [challenger] }),
    )
    const claims = [piggybacked(toBob, onOutput, 110), piggybacked(toBob, onInput, 111)]
    const exitable = 110 + Number(MEP) / 15
    expect(judged(chain, [start, ...claims], exitable + 1)).toContainEqual(
      expect.objectContaining({ type: 'exit_processable', payees: [alice.address, bob.address, initiator] }),
    )
  })

  test('starts from nothing when it is started again after its end', () => {
    const claim = piggybacked(toBob, onOutput, 110)
    const life = [start, claim, withdrawn(toBob, onOutput, 600)]
    const again = inFlightExitStarted(chain, toBob, 700)
    const conditions = judged(chain, [...life, again, ...life], 701)
    expect(conditions).toMatchObject([
      { type: 'piggyback_available', ...onInput, occurrence: again.occurrence },
      { type: 'piggyback_available', ...onOutput, occurrence: again.occurrence },
    ])
  })

  test('is processed early by the queue entry that a deleted life has left behind', () => {
    const life = [start, piggybacked(toBob, onInput, 110), blocked(toBob, onInput, 111)]
    const deletion: ExitGameEvent = { ...atHeight(400), type: 'InFlightExitDeleted', exitId: start.exitId }
    const again = [inFlightExitStarted(chain, toBob, 401), piggybacked(toBob, onOutput, 402)]
    const exitable = 110 + Number(MEP) / 15
    expect(named(judged(chain, [...life, deletion, ...again], exitable + 1), 'exit_processable')).toHaveLength(1)
    const entry: ExitGameEvent = {
      ...atHeight(400),
      type: 'InFlightExitOmitted',
      exitId: start.exitId,
      token: chain.output(coin).currency,
    }
    const events = [...life, deletion, entry, ...again]
    expect(named(judged(chain, events, exitable + 1), 'exit_processable')).toEqual([])
  })

  test('is forgotten by judgement, not by memory, when it was deleted', () => {
    const deletion: ExitGameEvent = { ...atHeight(400), type: 'InFlightExitDeleted', exitId: start.exitId }
    const game = gameOf(start, deletion)
    expect(judge(game, chain.evidence, judgedAt(401))).toEqual([])
    expect(game.known.byHash.has(toBob.transaction.txHash)).toBe(true)
    expect(competitorData({ game, evidence: chain.evidence }, toBob.transaction.txHash, framework)).toEqual({
      ok: false,
      error: 'ife_not_known_for_tx',
    })
  })
})

test('the oldest competitor in a block is preferred to those that no block holds', () => {
  const chain = childChain()
  const [first, second] = [chain.deposit(mallory, 10n), chain.deposit(mallory, 10n)]
  const inFlight = payment(
    [
      { utxoPos: first, signer: mallory },
      { utxoPos: second, signer: mallory },
    ],
    [pay(mallory, 20n)],
  )
  const early = payment([{ utxoPos: second, signer: mallory }], [pay(bob, 10n)])
  const late = payment([{ utxoPos: first, signer: mallory }], [pay(carol, 10n)])
  const nowhere = payment([{ utxoPos: first, signer: mallory }], [pay(alice, 10n)])
  const early2 = decodeUtxoPos(chain.block(early))
  chain.block(late)
  const game = gameOf(inFlightExitStarted(chain, inFlight, 100), inFlightExitStarted(chain, nowhere, 100))
  const answer = competitorData({ game, evidence: chain.evidence }, inFlight.transaction.txHash, framework)
  expect(answer).toMatchObject({
    ok: true,
    data: { competing_txbytes: early.transaction.raw, in_flight_input_index: 1, competing_tx_pos: 1_000_000_000_000n },
  })
  expect(early2.blknum).toBe(1000n)
})
