import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Timestamp, Wei } from '../../src/plasma/units.ts'
import { byUrgency, gapIn, nextNonce, type Place, placeToClear, placeToTake } from '../../src/tx/nonce-line.ts'

const count = fc.nat({ max: 50 })
const facts = fc.record({ mined: count, known: count, taken: fc.uniqueArray(count).map((all) => new Set(all)) })

describe('The next nonce', () => {
  test('is used by nobody, and no free one stands before it', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const nonce = nextNonce(given)
        const free = (n: number) => n >= given.mined && n >= given.known && !given.taken.has(n)
        expect(free(nonce)).toBe(true)
        for (let before = 0; before < nonce; before++) expect(free(before)).toBe(false)
      }),
    )
  })

  test('fills a gap that a lost transaction left first', () => {
    expect(nextNonce({ mined: 5, known: 5, taken: new Set([6, 7]) })).toBe(5)
    expect(nextNonce({ mined: 6, known: 8, taken: new Set([6, 7]) })).toBe(8)
  })

  test('leaves a transaction of the same key from elsewhere its nonce', () => {
    expect(nextNonce({ mined: 5, known: 7, taken: new Set() })).toBe(7)
  })

  test('is a gap only where something waits behind it', () => {
    expect(gapIn({ mined: 5, known: 5, taken: new Set([6, 7]) })).toBe(5)
    expect(gapIn({ mined: 5, known: 5, taken: new Set([5, 6]) })).toBeUndefined()
    expect(gapIn({ mined: 5, known: 7, taken: new Set([8]) })).toBe(7)
    expect(gapIn({ mined: 5, known: 5, taken: new Set([2]) })).toBeUndefined()
  })
})

const wei = fc.bigInt({ min: 0n, max: 1_000n }).map((value) => value as Wei)
const urgency = fc.record(
  { deadline: fc.bigInt({ min: 0n, max: 100n }).map((at) => at as Timestamp), stake: wei },
  { requiredKeys: [] },
)
const candidate = fc.record({ urgency, pressed: fc.boolean(), willing: wei })
const line = fc
  .array(fc.tuple(candidate, wei), { maxLength: 12 })
  .map((all) =>
    all.map(([each, paid], nonce): Place => ({ ...each, nonce, paid: paid > each.willing ? each.willing : paid })),
  )
const canPay = ({ willing, paid }: Place, price: bigint) => willing >= price || paid >= price

describe('The order of urgency', () => {
  test('is one: the earlier deadline first, none last, then what is at stake', () => {
    fc.assert(
      fc.property(urgency, urgency, urgency, (a, b, c) => {
        expect(Math.sign(byUrgency(a, b))).toBe(-Math.sign(byUrgency(b, a)) + 0)
        if (byUrgency(a, b) <= 0 && byUrgency(b, c) <= 0) expect(byUrgency(a, c)).toBeLessThanOrEqual(0)
      }),
    )
    const at = (deadline: bigint, stake = 0n) => ({ deadline: deadline as Timestamp, stake: stake as Wei })
    expect([{}, at(9n), at(5n, 1n), at(5n, 2n)].sort(byUrgency)).toEqual([at(5n, 2n), at(5n, 1n), at(9n), {}])
  })
})

describe('A newcomer', () => {
  test('takes only a place that it outbids by what nodes ask for, when the next block is open to it', () => {
    fc.assert(
      fc.property(line, candidate, wei, (places, newcomer, price) => {
        const nonce = placeToTake(places, newcomer, price)
        if (nonce === undefined) return
        const taken = places[nonce]
        if (!taken) throw new Error('It took a place that is not there.')
        expect(newcomer.willing).toBeGreaterThanOrEqual(price)
        expect(newcomer.willing * 10n).toBeGreaterThan(taken.paid * 11n)
      }),
    )
  })

  test('never displaces who can pay and is as urgent, or pressed as well', () => {
    fc.assert(
      fc.property(line, candidate, wei, (places, newcomer, price) => {
        const nonce = placeToTake(places, newcomer, price)
        const taken = places.find((place) => place.nonce === nonce)
        if (!taken || !canPay(taken, price)) return
        expect(taken.pressed).toBe(false)
        expect(newcomer.pressed).toBe(true)
        expect(byUrgency(newcomer.urgency, taken.urgency)).toBeLessThan(0)
      }),
    )
  })

  test('that nothing presses goes to the end of a line in which all can pay', () => {
    fc.assert(
      fc.property(line, candidate, (places, newcomer) => {
        expect(placeToTake(places, { ...newcomer, pressed: false }, 0n as Wei)).toBeUndefined()
      }),
    )
  })
})

describe('The way', () => {
  test('is cleared of the first that cannot pay, for the most urgent behind it that can', () => {
    fc.assert(
      fc.property(line, wei, (places, price) => {
        const found = placeToClear(places, price)
        if (!found) return
        const { blocked, waiting } = found
        expect(canPay(blocked, price)).toBe(false)
        expect(places.slice(0, blocked.nonce).every((place) => canPay(place, price))).toBe(true)
        expect(waiting.nonce).toBeGreaterThan(blocked.nonce)
        expect(canPay(waiting, price)).toBe(true)
      }),
    )
  })

  test('cleared place by place, nobody who can pay and outbid is left behind somebody who cannot', () => {
    fc.assert(
      fc.property(line, wei, (places, price) => {
        let now = places
        for (let found = placeToClear(now, price); found; found = placeToClear(now, price)) {
          const { blocked, waiting } = found
          // A filler in its place, as willing as the one it is made for.
          now = now.map((place) => (place === blocked ? { ...place, willing: waiting.willing, paid: price } : place))
        }
        const stuck = now.findIndex((place) => !canPay(place, price))
        const behind = stuck < 0 ? [] : now.slice(stuck + 1).filter((place) => canPay(place, price))
        for (const place of behind) expect(place.willing).toBeLessThan(((now[stuck]?.paid ?? 0n) * 9n) / 8n + 1n)
      }),
    )
  })
})
