import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { JsonObject } from '../../src/engine/json.ts'
import { decodeStruct, encodeStruct } from '../../src/mesg/struct.ts'

const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
}))

describe('JSON on the wire of an engine', () => {
  test('comes back as it went', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json, { noNullPrototype: true }), (data) => {
        expect(decodeStruct(encodeStruct(data as JsonObject))).toEqual(data)
      }),
    )
  })

  test('has the kinds that engines look for', () => {
    expect(encodeStruct({ s: '', n: 0, b: false, l: [], m: {} })).toEqual({
      fields: {
        s: { stringValue: '' },
        n: { numberValue: 0 },
        b: { boolValue: false },
        l: { listValue: { values: [] } },
        m: { structValue: { fields: {} } },
      },
    })
  })

  test('that is not there at all is an empty object, list or text', () => {
    expect(decodeStruct(undefined)).toEqual({})
    expect(decodeStruct({ fields: { l: { listValue: {} }, m: { structValue: {} } } })).toEqual({ l: [], m: {} })
  })

  test.each([{ nullValue: 0 }, {}])('is refused where it holds %j', (nothing) => {
    const wrong = { fields: { a: { listValue: { values: [{ structValue: { fields: { b: nothing } } }] } } } }
    expect(() => decodeStruct(wrong)).toThrow(
      expect.objectContaining({ code: 'NOT_JSON', facts: expect.objectContaining({ path: 'a[0].b' }) }),
    )
  })
})
