import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/engine/json.ts'
import { checkParameters } from '../../src/engine/parameter.ts'
import type { Parameter } from '../../src/engine/parameter.ts'

const kinds = ['String', 'Number', 'Boolean', 'Object', 'Any'] as const
const samples: JsonObject = { String: '1', Number: 1, Boolean: false, Object: {}, List: [] }

describe('a declared type accepts its own kind only, and Any accepts everything', () => {
  const table = kinds.flatMap((type) =>
    Object.keys(samples).map((kind): [Parameter['type'], string, boolean] => [
      type,
      kind,
      type === kind || type === 'Any',
    ]),
  )
  test.each(table)('%s given a %s: %s', (type, kind, accepted) => {
    const problems = checkParameters({ x: { type } }, { x: samples[kind] ?? '' })
    expect(problems.length === 0).toBe(accepted)
  })
})

describe('presence, lists and what is inside', () => {
  const table: [string, Parameter, JsonObject, string[]][] = [
    ['a missing field is an error', { type: 'String' }, {}, ['value of "x" is required']],
    ['unless it is optional', { type: 'String', optional: true }, {}, []],
    [
      'an optional field of the wrong kind is an error',
      { type: 'String', optional: true },
      { x: 1 },
      ['value of "x" is not a string'],
    ],
    ['an empty text is a text', { type: 'String' }, { x: '' }, []],
    ['undeclared fields pass', { type: 'Any' }, { x: 1, y: [true] }, []],
    ['a repeated field is a list', { type: 'Number', repeated: true }, { x: 1 }, ['value of "x" is not a list']],
    ['which may be empty', { type: 'Number', repeated: true }, { x: [] }, []],
    [
      'each item is checked',
      { type: 'Number', repeated: true },
      { x: [1, '2'] },
      ['value of "x" holds an item that is not a number'],
    ],
    ['Any, repeated, is still a list', { type: 'Any', repeated: true }, { x: {} }, ['value of "x" is not a list']],
    ['an object without declared fields takes any object', { type: 'Object' }, { x: { a: 1 } }, []],
    [
      'an object is checked inside',
      { type: 'Object', object: { y: { type: 'Object', object: { z: { type: 'Boolean' } } } } },
      { x: { y: { z: 'true' } } },
      ['value of "x" is wrong inside: value of "y" is wrong inside: value of "z" is not a boolean'],
    ],
    [
      'and so is a list of objects',
      { type: 'Object', repeated: true, object: { y: { type: 'String' } } },
      { x: [{ y: 'a' }, {}] },
      ['value of "x" holds an item that is wrong inside: value of "y" is required'],
    ],
  ]
  test.each(table)('%s', (...[, parameter, data, problems]) => {
    expect(checkParameters({ x: parameter }, data)).toEqual(problems)
  })

  test('every wrong field is named, and a field of Object.prototype is not taken for a given one', () => {
    const any: Parameter = { type: 'Any' }
    const parameters = Object.fromEntries<Parameter>([
      ['toString', any],
      ['b', { type: 'Number' }],
    ])
    expect(checkParameters(parameters, { b: 'x' })).toEqual([
      'value of "toString" is required',
      'value of "b" is not a number',
    ])
  })
})
