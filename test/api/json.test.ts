import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parse, stringify } from 'lossless-json'
import { parseJson, printJson } from '../../src/api/json.ts'

const leaf = fc.oneof(
  fc.bigInt({ min: -(2n ** 256n), max: 2n ** 256n }),
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number)),
)
const json = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))),
})).value
const readNumber = (text: string) => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text))

test('what is written is read again, integers of any size exactly', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(parseJson(printJson(value))).toEqual(value)
    }),
  )
})

test('reads and writes as a library that keeps every digit does', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = stringify(value) ?? ''
      expect(printJson(value)).toBe(text)
      expect(parseJson(text)).toEqual(parse(text, null, readNumber))
    }),
  )
})

test('leaves out what is not there', () => {
  expect(printJson({ a: undefined, b: [undefined, 1n], c: { d: undefined } })).toBe('{"b":[null,1],"c":{}}')
  expect(printJson(undefined)).toBe('null')
})
