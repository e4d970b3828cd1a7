import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { inFlightExitableAt, lastOfPhaseOne, standardExitableAt } from '../../src/exit-game/deadlines.ts'
import type { Seconds, Timestamp } from '../../src/plasma/units.ts'
import { at } from '../support/transactions.ts'

const time = fc.integer({ min: 0, max: 2 ** 40 })
const period = fc.integer({ min: 2, max: 10_000_000 })
const seconds = (number: number) => BigInt(number) as Seconds
const timestamp = (number: number) => BigInt(number) as Timestamp

describe('when the contract lets an exit be processed', () => {
  test('a deposit waits one period from the start of its exit, however young it is', () => {
    fc.assert(
      fc.property(time, time, period, (start, deposited, wait) => {
        const exitableAt = standardExitableAt({
          utxoPos: at(1001n),
          startedAt: timestamp(start),
          outputAt: timestamp(deposited),
          minExitPeriod: seconds(wait),
        })
        expect(exitableAt).toBe(BigInt(start + wait))
      }),
    )
  })

  test('any other output waits one period from the start and two from its block', () => {
    fc.assert(
      fc.property(time, time, period, (start, block, wait) => {
        const exitableAt = standardExitableAt({
          utxoPos: at(2000n, 3, 1),
          startedAt: timestamp(start),
          outputAt: timestamp(block),
          minExitPeriod: seconds(wait),
        })
        expect(exitableAt).toBe(BigInt(Math.max(start + wait, block + 2 * wait)))
      }),
    )
  })

  test('when nobody knows the age of the block, the earliest second is assumed', () => {
    const clock = { utxoPos: at(2000n), startedAt: timestamp(100), outputAt: undefined, minExitPeriod: seconds(600) }
    expect(standardExitableAt(clock)).toBe(700n)
  })

  test('an in-flight exit waits one period from the first piggyback and two from its youngest input', () => {
    fc.assert(
      fc.property(time, time, period, (piggyback, block, wait) => {
        const exitableAt = inFlightExitableAt({
          firstPiggybackAt: timestamp(piggyback),
          youngestInputAt: timestamp(block),
          minExitPeriod: seconds(wait),
        })
        expect(exitableAt).toBe(BigInt(Math.max(piggyback + wait, block + 2 * wait)))
      }),
    )
  })
})

describe('phase 1 of an in-flight exit', () => {
  test('ends as the integer division of the contract says', () => {
    const isPhaseOne = (now: number, start: number, wait: number) =>
      Math.floor((now - start) / Math.floor(wait / 2)) < 1
    fc.assert(
      fc.property(time, period, (start, wait) => {
        const last = Number(lastOfPhaseOne(timestamp(start), seconds(wait)))
        expect(isPhaseOne(last, start, wait)).toBe(true)
        expect(isPhaseOne(last + 1, start, wait)).toBe(false)
      }),
    )
  })
})
