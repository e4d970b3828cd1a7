import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Wei } from '../../src/plasma/units.ts'
import { costOf, firstFees, gasLimit, replacementFees } from '../../src/tx/fees.ts'

const wei = fc.bigInt({ min: 0n, max: 10n ** 15n }).map((value) => value as Wei)
const price = fc.record({ baseFee: wei, tip: wei })
const NO_CEILING = 10n ** 30n

describe('The fees of a first try', () => {
  test('bear the base fee twice over, and the tip', () => {
    const fees = firstFees({ baseFee: 30n as Wei, tip: 2n as Wei }, NO_CEILING as Wei)
    expect(fees).toEqual({ maxFeePerGas: 62n, maxPriorityFeePerGas: 2n })
  })

  test('outlive five full blocks in a row', () => {
    fc.assert(
      fc.property(price, (now) => {
        let baseFee: bigint = now.baseFee
        for (let block = 0; block < 5; block++) baseFee += baseFee / 8n
        expect(firstFees(now, NO_CEILING as Wei).maxFeePerGas).toBeGreaterThanOrEqual(baseFee)
      }),
    )
  })

  test('never pass the ceiling, and the tip never passes the fee', () => {
    fc.assert(
      fc.property(price, wei, (now, ceiling) => {
        const { maxFeePerGas, maxPriorityFeePerGas } = firstFees(now, ceiling)
        expect(maxFeePerGas).toBeLessThanOrEqual(ceiling)
        expect(maxPriorityFeePerGas).toBeLessThanOrEqual(maxFeePerGas)
      }),
    )
  })
})

describe('The fees of a replacement', () => {
  test('are what nodes ask for: at least a tenth more of both', () => {
    fc.assert(
      fc.property(price, price, (then, now) => {
        const old = firstFees(then, NO_CEILING as Wei)
        const fees = replacementFees(old, now, NO_CEILING as Wei)
        expect(fees).toBeDefined()
        if (!fees) return
        expect(fees.maxFeePerGas * 10n).toBeGreaterThanOrEqual(old.maxFeePerGas * 11n)
        expect(fees.maxPriorityFeePerGas * 10n).toBeGreaterThanOrEqual(old.maxPriorityFeePerGas * 11n)
        expect(fees.maxFeePerGas).toBeGreaterThan(old.maxFeePerGas)
        expect(fees.maxPriorityFeePerGas).toBeLessThanOrEqual(fees.maxFeePerGas)
        expect(fees.maxFeePerGas).toBeGreaterThanOrEqual(firstFees(now, NO_CEILING as Wei).maxFeePerGas)
      }),
    )
  })

  test('end at the ceiling, after a bounded number of tries', () => {
    fc.assert(
      fc.property(price, wei, (now, ceiling) => {
        let fees: ReturnType<typeof replacementFees> = firstFees(now, ceiling)
        let tries = 0
        while (fees) {
          expect(fees.maxFeePerGas).toBeLessThanOrEqual(ceiling)
          fees = replacementFees(fees, now, ceiling)
          tries++
        }
        expect(tries).toBeLessThan(400)
      }),
    )
  })
})

describe('Gas and cost', () => {
  test('half as much again as the estimate, rounded up', () => {
    expect([0n, 1n, 2n, 3n, 200_000n].map(gasLimit)).toEqual([0n, 2n, 3n, 5n, 300_000n])
  })

  test('the value and every unit of gas at the highest price', () => {
    expect(costOf({ value: 7n as Wei, gas: 100n, maxFeePerGas: 3n as Wei })).toBe(307n)
  })
})
