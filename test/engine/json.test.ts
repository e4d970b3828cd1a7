import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { NotJsonError, toJsonObject } from '../../src/engine/json.ts'

describe('what cannot cross a process engine is refused, with its place', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  const table: [name: string, value: unknown, place: string, found: string][] = [
    ['a bigint, which MESG cannot encode', { amount: 1n }, 'amount', 'bigint'],
    ['null, which arrives as 0', { note: null }, 'note', 'null'],
    ['undefined, which arrives without a kind', { a: { b: undefined } }, 'a.b', 'undefined'],
    ['a Date, which arrives as text', { at: new Date(0) }, 'at', 'Date'],
    ['bytes', { raw: new Uint8Array(2) }, 'raw', 'Uint8Array'],
    ['a Buffer', { raw: Buffer.from('a') }, 'raw', 'Buffer'],
    ['a Map', { map: new Map() }, 'map', 'Map'],
    ['a function', { list: [1, () => 1] }, 'list[1]', 'function'],
    ['a symbol', { s: Symbol('x') }, 's', 'symbol'],
    ['NaN', { n: NaN }, 'n', 'NaN'],
    ['Infinity', { n: -Infinity }, 'n', '-Infinity'],
    ['a hole in a list', { list: new Array(1) }, 'list[0]', 'undefined'],
    ['half a character', { text: '\ud800' }, 'text', 'text that is not Unicode'],
    ['a circle', cyclic, `self${'.self'.repeat(64)}`, 'nested deeper than 64 levels'],
    ['a list instead of an object', [], '', 'Array'],
    ['nothing', undefined, '', 'undefined'],
    ['null itself', null, '', 'null'],
    ['text', 'text', '', 'string'],
  ]
  test.each(table)('%s', (...[, value, path, found]) => {
    expect(() => toJsonObject(value)).toThrow(NotJsonError)
    try {
      toJsonObject(value)
    } catch (error) {
      expect(error).toMatchObject({ code: 'NOT_JSON', facts: { path, found } })
    }
  })
})

test('JSON without null arrives as it left, as a copy', () => {
  const scalar = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(fc.string(), fc.oneof({ maxDepth: 4 }, scalar, fc.array(scalar), tie('tree'))),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      const copy = toJsonObject(value)
      expect(copy).toEqual({ ...(value as object) })
      expect(copy).not.toBe(value)
    }),
  )
})

test('a field named __proto__ is a field like any other', () => {
  const value: unknown = JSON.parse('{"__proto__": {"polluted": true}, "constructor": "x"}')
  const copy = toJsonObject(value)
  expect(Object.keys(copy)).toEqual(['__proto__', 'constructor'])
  expect(copy['polluted']).toBeUndefined()
})
