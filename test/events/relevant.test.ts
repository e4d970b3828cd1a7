import { describe, expect, test } from '@jest/globals'
import { relevant } from '../../src/events/relevant.ts'
import type { Condition, ConditionOf } from '../../src/exit-game/condition.ts'
import { ETH, type Address, type Timestamp } from '../../src/plasma/units.ts'
import { hashOf, invalidExit } from '../support/conditions.ts'
import { alice, bob, mallory } from '../support/signers.ts'

const standing = { occurrence: { txHash: hashOf('e'), rank: 0 }, ethHeight: 100n }
const ofExit = { ...standing, exitId: 9n, txHash: hashOf('d'), txBytes: '0x01' as const }
const own = new Set([alice.address])

function relevantAt(now: number, ...conditions: Condition[]): Condition['type'][] {
  return relevant(conditions, { now: BigInt(now) as Timestamp, own }).map(({ type }) => type)
}

function piggyback(owner: Address): Condition {
  const piece = { side: 'output' as const, index: 0, owner, deadline: 1_000n as Timestamp }
  return { type: 'piggyback_available', ...ofExit, ...piece }
}

function processable(...payees: Address[]): ConditionOf<'exit_processable'> {
  return { type: 'exit_processable', ...standing, exitId: 9n, vaultId: 1n, token: ETH, payees }
}

function bond(...payees: Address[]): Condition {
  return { type: 'bond_recoverable', ...standing, exitId: 9n, txHash: hashOf('d'), payees }
}

describe('What is ours to answer', () => {
  test('a piggyback of our own, in phase 1', () => {
    expect(relevantAt(999, piggyback(alice.address), piggyback(bob.address))).toEqual(['piggyback_available'])
    expect(relevantAt(1_000, piggyback(alice.address))).toEqual([])
  })

  test('a payment or a bond that comes home to us, and not what pays only others', () => {
    expect(relevantAt(1, processable(bob.address, alice.address), bond(alice.address))).toEqual([
      'exit_processable',
      'bond_recoverable',
    ])
    expect(relevantAt(1, processable(bob.address, mallory.address), bond(mallory.address))).toEqual([])
  })

  test('every theft, whoever it robs', () => {
    expect(relevantAt(1, invalidExit(), { type: 'noncanonical_ife', ...ofExit })).toEqual([
      'invalid_exit',
      'noncanonical_ife',
    ])
  })

  test('nothing that no call can answer any more', () => {
    const { spendingTxHash: _, ...unchallengeable } = invalidExit()
    expect(relevantAt(1, invalidExit({ settled: true }), unchallengeable)).toEqual([])
  })
})

describe('Our money waits while a theft could be paid out with it', () => {
  const theft = invalidExit({ deadline: 5_000n as Timestamp })

  test('from the second on in which the theft may be processed', () => {
    expect(relevantAt(4_999, processable(alice.address), theft)).toEqual(['exit_processable', 'invalid_exit'])
    expect(relevantAt(5_000, processable(alice.address), theft)).toEqual(['invalid_exit'])
  })

  test('but for an hour at the most: a processed in-flight exit that paid nothing leaves no event', () => {
    expect(relevantAt(8_599, processable(alice.address), theft)).toEqual(['invalid_exit'])
    expect(relevantAt(8_600, processable(alice.address), theft)).toEqual(['exit_processable', 'invalid_exit'])
  })

  test('also for an invalid piggyback and a wrong challenge', () => {
    const deadline = 10n as Timestamp
    const piece = { side: 'input' as const, index: 0 }
    expect(
      relevantAt(10, processable(alice.address), { type: 'invalid_piggyback', ...ofExit, ...piece, deadline }),
    ).toEqual(['invalid_piggyback'])
    expect(relevantAt(10, processable(alice.address), { type: 'invalid_ife_challenge', ...ofExit, deadline })).toEqual([
      'invalid_ife_challenge',
    ])
  })

  test('not for what nobody can challenge: that would keep it in for ever', () => {
    const { spendingTxHash: _, ...unchallengeable } = theft
    expect(relevantAt(5_000, processable(alice.address), unchallengeable)).toEqual(['exit_processable'])
    expect(relevantAt(5_000, processable(alice.address), invalidExit({ settled: true }))).toEqual(['exit_processable'])
  })

  test('a bond comes home all the same', () => {
    expect(relevantAt(5_000, bond(alice.address), theft)).toEqual(['bond_recoverable', 'invalid_exit'])
  })
})
