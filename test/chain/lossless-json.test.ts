import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatLossless, parseLossless } from '../../src/chain/lossless-json.ts'

describe('JSON without rounding', () => {
  test('what was written is read again, with integers of any size', () => {
    const leaf = fc.oneof(
      fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))),
    }))
    fc.assert(
      fc.property(value, (given) => {
        expect(parseLossless(formatLossless(given))).toEqual(given)
      }),
    )
  })

  test('text that looks like numbers, escapes and odd keys stay what they are', () => {
    expect(parseLossless(String.raw`{"1":"2", "a\"3":[ -4 ,5.5,6e2], "\\":"\u0037"}`)).toEqual({
      '1': '2',
      'a"3': [-4n, 5.5, 600],
      '\\': '7',
    })
  })

  test('a key that would change the prototype is only a key', () => {
    const parsed = parseLossless('{"__proto__": {"success": true}}') as { success?: boolean }
    expect(parsed.success).toBeUndefined()
  })

  test('anything else is refused', () => {
    const refused = ['', '{', '01', '1.', '.5', '"a', '{"a":1,}', 'NaN', '1'.repeat(101), '['.repeat(100_000)]
    for (const text of refused) expect(() => parseLossless(text)).toThrow()
  })

  test('a hostile text costs no more than its length', () => {
    const quotes = `"${'\\"'.repeat(500_000)}`
    expect(() => parseLossless(quotes)).toThrow(SyntaxError)
    expect(parseLossless(`${quotes}"`)).toHaveLength(500_000)
  })
})
