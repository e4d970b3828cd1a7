import { describe, expect, test } from '@jest/globals'
import type { Condition } from '../../src/exit-game/condition.ts'
import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { judge } from '../../src/exit-game/judge.ts'
import { inputChallenge } from '../../src/exit-game/piggyback-challenge.ts'
import {
  atHeight,
  blocked,
  childChain,
  gameOf,
  inFlightExitStarted,
  judgedAt,
  MEP,
  piggybacked,
  timeOf,
  withdrawn,
} from '../support/exits.ts'
import { alice, bob, mallory } from '../support/signers.ts'
import { framework, pay, payment, token } from '../support/transactions.ts'

const chain = childChain()
const coin = chain.deposit(mallory, 10n)
const coins = chain.deposit(mallory, 7n, token)
chain.block(payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)]))
const own = payment(
  [
    { utxoPos: coin, signer: mallory },
    { utxoPos: coins, signer: mallory },
  ],
  [pay(mallory, 10n), pay(alice, 7n, token)],
)
const start = inFlightExitStarted(chain, own, 100)
const spent = { side: 'input' as const, index: 0 }
const output = { side: 'output' as const, index: 0 }

function judged(events: readonly ExitGameEvent[], height: number): Condition[] {
  return judge(gameOf(start, ...events), chain.evidence, judgedAt(height))
}

function ofType(events: readonly ExitGameEvent[], height: number, type: Condition['type']): Condition[] {
  return judged(events, height).filter((condition) => condition.type === type)
}

test('trap 7: a piggyback that was challenged is not offered again', () => {
  const events = [piggybacked(own, spent, 101), blocked(own, spent, 102)]
  expect(ofType(events, 103, 'piggyback_available')).not.toContainEqual(expect.objectContaining(spent))
  expect(ofType(events, 103, 'piggyback_available')).toHaveLength(3)
})

describe('trap 14: an input that is piggybacked again after a challenge', () => {
  const first = piggybacked(own, spent, 101)
  const again = piggybacked(own, spent, 110)
  const events = [first, blocked(own, spent, 102), again]

  test('trap 14: an input piggybacked again after a challenge counts again', () => {
    expect(ofType(events, 111, 'invalid_piggyback')).toMatchObject([{ ...spent, occurrence: again.occurrence }])
    const facts = { game: gameOf(start, ...events), evidence: chain.evidence }
    expect(inputChallenge(facts, { txHash: own.transaction.txHash, index: 0, framework }).ok).toBe(true)
  })

  test('is settled by the next challenge, and so on', () => {
    const more = [...events, blocked(own, spent, 112)]
    expect(ofType(more, 113, 'invalid_piggyback')).toEqual([])
    expect(ofType([...more, piggybacked(own, spent, 114)], 115, 'invalid_piggyback')).toHaveLength(1)
  })

  test('has a second place in the queue, and is paid at the first', () => {
    const { queue } = gameOf(start, ...events).inFlightExits.get(own.transaction.txHash) ?? {}
    expect(queue).toMatchObject([{ piggybackedAt: timeOf(101) }, { piggybackedAt: timeOf(110) }])
    expect(ofType(events, 111, 'invalid_piggyback')).toMatchObject([{ deadline: timeOf(101) + MEP }])
  })

  test('and when the first place was used up, the second waits for the next life of the exit', () => {
    const deletion: ExitGameEvent = { ...atHeight(600), type: 'InFlightExitDeleted', exitId: start.exitId }
    const entry: ExitGameEvent = { ...atHeight(601), type: 'InFlightExitOmitted', exitId: start.exitId, token: output0 }
    const lives = [...events, blocked(own, spent, 112), deletion, entry]
    const restart = inFlightExitStarted(chain, own, 602)
    const claim = piggybacked(own, output, 603)
    expect(ofType([...lives, restart, claim], 604, 'exit_processable')).toHaveLength(1)
    const second: ExitGameEvent = { ...entry, ...atHeight(602) }
    expect(ofType([...lives, second, restart, claim], 604, 'exit_processable')).toEqual([])
  })

  test('while another piece of its token is piggybacked, it has no second place', () => {
    const more = [first, piggybacked(own, output, 102), blocked(own, spent, 103), again]
    expect(gameOf(start, ...more).inFlightExits.get(own.transaction.txHash)?.queue).toHaveLength(1)
  })
})

const output0 = own.transaction.outputs[0]?.currency ?? token

describe('an in-flight exit over two tokens', () => {
  const tokens = { side: 'input' as const, index: 1 }
  const events = [piggybacked(own, output, 101), piggybacked(own, tokens, 120)]

  test('stands in two queues, each with its time', () => {
    const exitable = (height: number) =>
      ofType(events, height, 'exit_processable').map((condition) => 'vaultId' in condition && Number(condition.vaultId))
    const period = Number(MEP) / 15
    expect(exitable(101 + period)).toEqual([])
    expect(exitable(102 + period)).toEqual([1])
    expect(exitable(121 + period).sort()).toEqual([1, 2])
  })

  test('lives on when one of them was processed, and is over after the other', () => {
    const half = [...events, withdrawn(own, output, 600)]
    expect(gameOf(start, ...half).inFlightExits.get(own.transaction.txHash)).toMatchObject({ status: 'open' })
    expect(ofType(half, 700, 'exit_processable')).toMatchObject([{ vaultId: 2n, token }])
    const whole = [...half, withdrawn(own, tokens, 701)]
    expect(gameOf(start, ...whole).inFlightExits.get(own.transaction.txHash)).toMatchObject({ status: 'settled' })
    expect(ofType(whole, 800, 'exit_processable')).toEqual([])
  })

  test('passes over what it does not pay of a token', () => {
    const more = [...events, piggybacked(own, spent, 121), withdrawn(own, output, 600)]
    const exit = gameOf(start, ...more).inFlightExits.get(own.transaction.txHash)
    expect(exit?.piggybacks.input).toMatchObject([{ status: 'passed_over' }, { status: 'claimed' }])
    expect(ofType(more, 601, 'invalid_piggyback')).toMatchObject([{ ...spent, settled: true }])
    expect(ofType(more, 601, 'unchallenged_piggyback')).toEqual([])
  })
})

describe('a signature that is shown when everything was paid', () => {
  const other = childChain()
  const hers = other.deposit(mallory, 10n)
  other.block()
  const paid = payment([{ utxoPos: hers, signer: mallory }], [pay(mallory, 10n)])
  const late = payment([{ utxoPos: hers, signer: mallory }], [pay(bob, 10n)])
  const life = [inFlightExitStarted(other, paid, 100), piggybacked(paid, output, 101), withdrawn(paid, output, 600)]

  test('makes nobody leave: no block holds what it spends', () => {
    const game = gameOf(...life, inFlightExitStarted(other, late, 900))
    const found = judge(game, other.evidence, judgedAt(1_400)).filter(
      (condition) => 'txHash' in condition && condition.txHash === paid.transaction.txHash,
    )
    expect(found).toMatchObject([{ type: 'noncanonical_ife', settled: true }])
  })
})
