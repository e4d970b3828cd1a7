import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { coolDown } from '../../src/events/due.ts'

test('the pause doubles up to five minutes', () => {
  expect([1, 2, 3, 4, 5, 6, 1_000].map((attempt) => coolDown(attempt, undefined))).toEqual([
    30n,
    60n,
    120n,
    240n,
    300n,
    300n,
    300n,
  ])
})

test('near the deadline the pause is a tenth of what is left, never below fifteen seconds', () => {
  expect(coolDown(5, 1_000n)).toBe(100n)
  expect(coolDown(5, 20n)).toBe(15n)
  expect(coolDown(5, -1_000n)).toBe(15n)
})

test('there is always time for another attempt while more than fifteen seconds are left', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1 }), fc.bigInt({ min: 16n, max: 10n ** 9n }), (attempt, left) => {
      expect(coolDown(attempt, left)).toBeLessThan(left)
    }),
  )
})
