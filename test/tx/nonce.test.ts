import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { nextNonce } from '../../src/tx/nonce.ts'

const count = fc.nat({ max: 50 })
const facts = fc.record({ mined: count, known: count, taken: fc.uniqueArray(count).map((all) => new Set(all)) })

test('the next nonce is used by nobody, and no free one stands before it', () => {
  fc.assert(
    fc.property(facts, (given) => {
      const nonce = nextNonce(given)
      const free = (n: number) => n >= given.mined && n >= given.known && !given.taken.has(n)
      expect(free(nonce)).toBe(true)
      for (let before = 0; before < nonce; before++) expect(free(before)).toBe(false)
    }),
  )
})

test('a gap that a lost transaction left is filled first', () => {
  expect(nextNonce({ mined: 5, known: 5, taken: new Set([6, 7]) })).toBe(5)
  expect(nextNonce({ mined: 6, known: 8, taken: new Set([6, 7]) })).toBe(8)
})

test('a transaction of the same key from elsewhere keeps its nonce', () => {
  expect(nextNonce({ mined: 5, known: 7, taken: new Set() })).toBe(7)
})
