import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Timestamp, Wei } from '../../src/plasma/units.ts'
import {
  ceilingOf,
  costOf,
  feesFor,
  gasLimit,
  isReplacementDue,
  type Price,
  pressureOf,
  replacementFees,
} from '../../src/tx/fee-curve.ts'

const wei = fc.bigInt({ min: 0n, max: 10n ** 15n }).map((value) => value as Wei)
const price: fc.Arbitrary<Price> = fc.record({ baseFee: wei, tip: wei, urgentTip: wei, rising: fc.boolean() })
const pressure = fc.bigInt({ min: 0n, max: 100n })
const NO_CEILING = (10n ** 30n) as Wei
const time = (seconds: bigint) => seconds as Timestamp

describe('Pressure', () => {
  test('rises with the time that is gone, and is complete five minutes before the deadline', () => {
    const need = { createdAt: time(1_000n), deadline: time(11_000n) }
    expect([0n, 1_000n, 3_500n, 6_000n, 10_699n].map((now) => pressureOf(need, time(now)))).toEqual([
      0n,
      0n,
      25n,
      50n,
      96n,
    ])
    expect([10_700n, 11_000n, 99_999n].map((now) => pressureOf(need, time(now)))).toEqual([100n, 100n, 100n])
    expect(pressureOf({ createdAt: time(0n) }, time(10n ** 9n))).toBe(0n)
  })
})

describe('The ceiling', () => {
  const ceilings = { floorFee: 10n as Wei, maxFee: 1_000n as Wei, stakeShare: 50n }

  test('for others is a share of the stake, within floor and maximum; unknown stakes may cost the maximum', () => {
    const at = (stake: bigint) => ceilingOf({ stake: stake as Wei }, 100n, ceilings)
    expect([0n, 20_000n, 10n ** 9n].map(at)).toEqual([10n, 100n, 1_000n])
    expect(ceilingOf({}, 100n, ceilings)).toBe(1_000n)
  })

  test('for own money is all of it', () => {
    const at = (stake: bigint) => ceilingOf({ stake: stake as Wei, own: true }, 100n, ceilings)
    expect([0n, 20_000n, 10n ** 9n].map(at)).toEqual([10n, 200n, 10n ** 7n])
  })
})

describe('The fees of a first try', () => {
  test('outlive five full blocks in a row, eight when the base fee rises', () => {
    fc.assert(
      fc.property(price, pressure, (now, urgent) => {
        let baseFee: bigint = now.baseFee
        for (let block = 0; block < (now.rising ? 8 : 5); block++) baseFee += baseFee / 8n
        expect(feesFor(now, urgent, NO_CEILING).maxFeePerGas).toBeGreaterThanOrEqual(baseFee)
      }),
    )
  })

  test('never fall as pressure rises, never pass the ceiling, and the tip never passes the fee', () => {
    fc.assert(
      fc.property(price, wei, (now, ceiling) => {
        let before = feesFor(now, 0n, ceiling)
        for (let urgent = 0n; urgent <= 100n; urgent += 10n) {
          const fees = feesFor(now, urgent, ceiling)
          expect(fees.maxFeePerGas).toBeLessThanOrEqual(ceiling)
          expect(fees.maxPriorityFeePerGas).toBeLessThanOrEqual(fees.maxFeePerGas)
          expect(fees.maxFeePerGas).toBeGreaterThanOrEqual(before.maxFeePerGas)
          expect(fees.maxPriorityFeePerGas).toBeGreaterThanOrEqual(before.maxPriorityFeePerGas)
          before = fees
        }
      }),
    )
  })
})

describe('The fees of a replacement', () => {
  test('are what nodes ask for: at least a tenth more of both', () => {
    fc.assert(
      fc.property(price, price, pressure, (then, now, urgent) => {
        const old = feesFor(then, 0n, NO_CEILING)
        const target = feesFor(now, urgent, NO_CEILING)
        const fees = replacementFees(old, target, { ceiling: NO_CEILING })
        expect(fees).toBeDefined()
        if (!fees) return
        expect(fees.maxFeePerGas * 10n).toBeGreaterThanOrEqual(old.maxFeePerGas * 11n)
        expect(fees.maxPriorityFeePerGas * 10n).toBeGreaterThanOrEqual(old.maxPriorityFeePerGas * 11n)
        expect(fees.maxFeePerGas).toBeGreaterThan(old.maxFeePerGas)
        expect(fees.maxPriorityFeePerGas).toBeLessThanOrEqual(fees.maxFeePerGas)
        expect(fees.maxFeePerGas).toBeGreaterThanOrEqual(target.maxFeePerGas)
      }),
    )
  })

  test('double as often as a node finds an eighth too little', () => {
    const old = { maxFeePerGas: 800n as Wei, maxPriorityFeePerGas: 80n as Wei }
    const fees = replacementFees(old, old, { ceiling: NO_CEILING, eighths: 4n })
    expect(fees).toEqual({ maxFeePerGas: 1_201n, maxPriorityFeePerGas: 121n })
  })

  test('end at the ceiling itself, after a bounded number of tries', () => {
    fc.assert(
      fc.property(price, wei, (now, ceiling) => {
        const target = feesFor(now, 0n, ceiling)
        let fees: ReturnType<typeof replacementFees> = target
        let last = target
        let tries = 0
        while (fees) {
          expect(fees.maxFeePerGas).toBeLessThanOrEqual(ceiling)
          last = fees
          fees = replacementFees(fees, target, { ceiling })
          tries++
        }
        expect(tries).toBeLessThan(400)
        // What is left could not have been asked for: the fee is the ceiling, or the tip is next to it.
        expect(last.maxFeePerGas === ceiling || (last.maxPriorityFeePerGas * 9n) / 8n + 1n > ceiling).toBe(true)
      }),
    )
  })
})

describe('Gas and cost', () => {
  test('half as much again as the estimate, rounded up, and that again for each time it was undone', () => {
    expect([0n, 1n, 2n, 3n, 200_000n].map((gas) => gasLimit(gas))).toEqual([0n, 2n, 3n, 5n, 300_000n])
    expect(gasLimit(100n, 2)).toBe(450n)
  })

  test('the value and every unit of gas at the highest price', () => {
    expect(costOf({ value: 7n as Wei, gas: 100n, maxFeePerGas: 3n as Wei })).toBe(307n)
  })
})

const GWEI = 10n ** 9n
/** What a block's usual transaction tips. */
const USUAL_TIP = 2n * GWEI

/** A market in which every block is full: its base fee rises by an eighth a block until it is `factor` times as high. */
type Market = {
  start: bigint
  factor: bigint
  /** What the last transaction that a block has room for tips, in percent of the usual. */
  margins: readonly bigint[]
}

function baseFeeOf({ start, factor }: Market, block: number): bigint {
  let fee = start
  for (let at = 0; at < block && fee < start * factor; at++) fee += fee / 8n
  return fee < start * factor ? fee : start * factor
}

function marginOf({ margins }: Market, block: number): bigint {
  return (USUAL_TIP * (margins[block % margins.length] ?? 100n)) / 100n
}

/** What a node says at the head. */
function priceAt(market: Market, head: number): Price {
  const seen = Array.from({ length: 10 }, (_, back) => marginOf(market, Math.max(0, head - back)))
  const urgentTip = seen.reduce((most, tip) => (tip > most ? tip : most), USUAL_TIP)
  const baseFee = baseFeeOf(market, head + 1)
  return { baseFee: baseFee as Wei, tip: USUAL_TIP as Wei, urgentTip: urgentTip as Wei, rising: baseFee > market.start }
}

type Answer = { submitted: number; blocksLeft: number; ceiling: Wei }

/** The block in which an answer is mined, when that is in time. */
function minedIn(market: Market, { submitted, blocksLeft, ceiling }: Answer): number | undefined {
  const clock = (block: number) => time(BigInt(block) * 12n)
  const need = { createdAt: clock(submitted), deadline: clock(submitted + blocksLeft) }
  let fees = feesFor(priceAt(market, submitted), 0n, ceiling)
  let pushed = submitted
  for (let block = submitted + 1; block <= submitted + blocksLeft; block++) {
    const room = fees.maxFeePerGas - baseFeeOf(market, block)
    const tip = room < fees.maxPriorityFeePerGas ? room : fees.maxPriorityFeePerGas
    if (tip >= marginOf(market, block)) return block
    const pressure = pressureOf(need, clock(block))
    const given = { pressure, waited: BigInt(block - pushed), patience: 3n }
    if (!isReplacementDue(fees, priceAt(market, block), given)) continue
    fees = replacementFees(fees, feesFor(priceAt(market, block), pressure, ceiling), { ceiling }) ?? fees
    pushed = block
  }
  return undefined
}

describe('In a market where every block is full', () => {
  const market: fc.Arbitrary<Market> = fc.record({
    start: fc.bigInt({ min: 1n, max: 100n }).map((gwei) => gwei * GWEI),
    // An eighth a block is ten times as much after 20 blocks, and a hundred times after 40.
    factor: fc.constantFrom(10n, 100n),
    margins: fc.array(fc.bigInt({ min: 50n, max: 300n }), { minLength: 20, maxLength: 120 }),
  })
  const moment = fc.record({ submitted: fc.nat({ max: 60 }), blocksLeft: fc.integer({ min: 10, max: 600 }) })

  test('the base fee is ten times as high within 20 blocks, and a hundred times within 40', () => {
    const given = { start: GWEI, factor: 1_000n, margins: [100n] }
    expect(baseFeeOf(given, 20)).toBeGreaterThan(10n * GWEI)
    expect(baseFeeOf(given, 40)).toBeGreaterThan(100n * GWEI)
  })

  test('every answer whose ceiling allows it is mined in time, for no more than its ceiling', () => {
    fc.assert(
      fc.property(market, moment, fc.bigInt({ min: 0n, max: 10n }), (given, at, spare) => {
        const dearest = given.start * given.factor + 3n * USUAL_TIP
        const ceiling = (dearest + (dearest * spare) / 2n) as Wei
        expect(minedIn(given, { ...at, ceiling })).toBeDefined()
      }),
      { numRuns: 1_000 },
    )
  })

  test('an answer whose ceiling is below the market from the start is never mined: it is nobody else that pays', () => {
    fc.assert(
      fc.property(market, moment, (given, at) => {
        const ceiling = (baseFeeOf(given, at.submitted) / 2n) as Wei
        expect(minedIn(given, { ...at, ceiling })).toBeUndefined()
      }),
    )
  })
})
