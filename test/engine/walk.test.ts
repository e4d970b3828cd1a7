import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { JsonObject } from '../../src/engine/json.ts'
import { next } from '../../src/engine/walk.ts'
import type { Next } from '../../src/engine/walk.ts'
import { graphOf } from './bakery.ts'

/** Walks from a node over some steps; the data is what that node has, and behind a task there are results. */
function walk(steps: string[], data: JsonObject, from = 'order'): Next[] {
  const results = from === 'order' ? {} : { a: { loaf: 'rye' }, b: { receipt: 'paid' } }
  return next(graphOf(steps), { nodeKey: from, data, results: new Map(Object.entries(results)) })
}

const aborted = (nodeKey: string, reason: string) => [{ type: 'aborted', nodeKey, reason }]
const call = (key: string, taskKey: string, inputs: JsonObject) => [
  { type: 'call', node: { key, type: 'task', taskKey }, inputs },
]

describe('data flows from the trigger through filters and maps to a task', () => {
  const filter = '{ key: f, type: filter, conditions: { kind: rye } }'
  const bare = '{ key: a, type: task, taskKey: bake }'
  const data = { id: '7', kind: 'rye' }
  const table: [string, string[], JsonObject, unknown][] = [
    ['a task without inputs gets the data unchanged', [bare], data, call('a', 'bake', data)],
    ['a filter that matches leaves it unchanged', [filter, bare], data, call('a', 'bake', data)],
    [
      'a filter that does not match ends the run',
      [filter, bare],
      { kind: 'oat' },
      [{ type: 'filtered', nodeKey: 'f' }],
    ],
    [
      'a map replaces it',
      ['{ key: a, type: task, taskKey: bake, inputs: { x: 1 } }'],
      data,
      call('a', 'bake', { x: 1 }),
    ],
    [
      'empty inputs replace it by nothing',
      ['{ key: a, type: task, taskKey: bake, inputs: {} }'],
      data,
      call('a', 'bake', {}),
    ],
    ['nothing behind the trigger is an end', [], data, [{ type: 'ended', nodeKey: 'order' }]],
    ['nothing behind a filter is an end', [filter], data, [{ type: 'ended', nodeKey: 'f' }]],
  ]
  test.each(table)('%s', (...[, steps, given, expected]) => {
    expect(walk(steps, given)).toEqual(expected)
  })
})

describe('a filter compares text', () => {
  const table: [string, string, JsonObject, boolean][] = [
    ['equal text passes', 'kind: rye', { kind: 'rye' }, true],
    ['other text does not', 'kind: rye', { kind: 'Rye' }, false],
    ['a missing field counts as empty text', 'kind: ""', {}, true],
    ['and so does a number', 'kind: ""', { kind: 0 }, true],
    ['a number never equals its text', 'count: "2"', { count: 2 }, false],
    ['true never equals its text', 'kind: "true"', { kind: true }, false],
    ['all conditions must hold', 'kind: rye, id: "7"', { kind: 'rye', id: '8' }, false],
    ['and do', 'kind: rye, id: "7"', { kind: 'rye', id: '7' }, true],
    ['no conditions let everything pass', '', {}, true],
    ['a field of Object.prototype is missing', 'constructor: ""', {}, true],
  ]
  test.each(table)('%s', (...[, conditions, data, passes]) => {
    const [step] = walk([`{ key: f, type: filter, conditions: { ${conditions} } }`], data)
    expect(step?.type === 'ended').toBe(passes)
  })
})

describe('a reference is resolved in the data of the node that it names', () => {
  const at = (inputs: string, key = 'b', type = 'sell') =>
    `{ key: ${key}, type: task, taskKey: ${type}, inputs: ${inputs} }`
  const first = '{ key: a, type: task, taskKey: bake }'
  const filter = '{ key: f, type: filter, conditions: {} }'
  const data = { id: '7', list: [[1, 2], { deep: true }], box: { lid: 'red' } }
  const fromTrigger: [string, string[], unknown][] = [
    ['a field', [at('{ x: { key: id } }')], call('b', 'sell', { x: '7' })],
    ['a field of an object', [at('{ x: { key: box.lid } }')], call('b', 'sell', { x: 'red' })],
    ['an item of a list of lists', [at('{ x: { key: "list[0][1]" } }')], call('b', 'sell', { x: 2 })],
    ['a field of an item', [at('{ x: { key: "list[1].deep" } }')], call('b', 'sell', { x: true })],
    ['a whole object', [at('{ x: { key: box } }')], call('b', 'sell', { x: { lid: 'red' } })],
    [
      'inside lists and maps',
      [at('{ x: [{ key: id }, { y: { key: id } }] }')],
      call('b', 'sell', { x: ['7', { y: '7' }] }),
    ],
    ['the trigger by name', [at('{ x: { key: id, stepKey: order } }')], call('b', 'sell', { x: '7' })],
    ['the filter before, by default', [filter, at('{ x: { key: id } }')], call('b', 'sell', { x: '7' })],
    ['the filter before, by name', [filter, at('{ x: { key: id, stepKey: f } }')], call('b', 'sell', { x: '7' })],
    [
      'but not the trigger across a filter',
      [filter, at('{ x: { key: id, stepKey: order } }')],
      aborted('b-inputs', 'ref can only reference a parent node for non task nodes'),
    ],
    ['a missing field aborts the step', [at('{ x: 1, y: { key: none } }')], aborted('b-inputs', 'key none not found')],
    [
      'a field of Object.prototype is missing',
      [at('{ y: { key: toString } }')],
      aborted('b-inputs', 'key toString not found'),
    ],
    ['a missing field inside', [at('{ y: { key: box.none } }')], aborted('b-inputs', 'key none not found')],
    ['an index beyond the list', [at('{ y: { key: "list[7]" } }')], aborted('b-inputs', 'index 7 out of range')],
    [
      'an index of what is no list',
      [at('{ y: { key: "id[0]" } }')],
      aborted('b-inputs', "can't get index 0 from a value that is not a list"),
    ],
    [
      'a field of what is no object',
      [at('{ y: { key: id.x } }')],
      aborted('b-inputs', "can't get key x from a value that is not an object"),
    ],
    [
      'a field of a list',
      [at('{ y: { key: list.length } }')],
      aborted('b-inputs', "can't get key length from a value that is not an object"),
    ],
    [
      'an index of two digits is part of a name',
      [at('{ y: { key: "list[10]" } }')],
      aborted('b-inputs', 'key list[10] not found'),
    ],
    [
      'a nested reference to nowhere is only met here',
      [at('{ y: [{ key: x, stepKey: gone }] }')],
      aborted('b-inputs', 'node "gone" not found'),
    ],
    [
      'a task that has not run has nothing',
      [at('{ y: { key: x, stepKey: b } }')],
      aborted('b-inputs', "reference's nodeKey not found"),
    ],
    ['null cannot be carried', [at('{ y: [null] }')], aborted('b-inputs', 'null cannot cross a process engine')],
  ]
  test.each(fromTrigger)('%s', (_, steps, expected) => {
    expect(walk(steps, data)).toEqual(expected)
  })

  const behindTasks: [string, string[], string, unknown][] = [
    ['the task before, by default', [first, at('{ x: { key: loaf } }')], 'a', call('b', 'sell', { x: 'rye' })],
    [
      'any task before, by name',
      [first, at('{}'), at('{ x: { key: loaf, stepKey: a } }', 'c')],
      'b',
      call('c', 'sell', { x: 'rye' }),
    ],
    [
      'and never the trigger',
      [first, at('{ x: { key: id, stepKey: order } }')],
      'a',
      aborted('b-inputs', 'ref can only reference a parent node for non task nodes'),
    ],
    [
      'nor a filter further up',
      [filter, first, at('{ x: { key: id, stepKey: f } }')],
      'a',
      aborted('b-inputs', 'ref can only reference a parent node for non task nodes'),
    ],
    [
      'nor the map of the task before',
      [at('{}', 'a'), at('{ x: { key: id, stepKey: a-inputs } }')],
      'a',
      aborted('b-inputs', 'ref can only reference a parent node for non task nodes'),
    ],
    [
      'a task across a filter',
      [first, filter, at('{ x: { key: loaf, stepKey: a } }')],
      'a',
      call('b', 'sell', { x: 'rye' }),
    ],
  ]
  test.each(behindTasks)('%s', (...[, steps, from, expected]) => {
    expect(walk(steps, { loaf: 'rye' }, from)).toEqual(expected)
  })
})

test('a graph with several branches, which no compiler makes, is walked on every branch', () => {
  const node = (key: string) => ({ key, type: 'task', taskKey: key }) as const
  const graph = {
    name: 'tree',
    nodes: [{ key: 't', type: 'event', eventKey: 'e' } as const, node('a'), node('b')],
    edges: [
      { src: 't', dst: 'a' },
      { src: 't', dst: 'b' },
    ],
  }
  expect(next(graph, { nodeKey: 't', data: { x: 1 }, results: new Map() })).toEqual([
    ...call('a', 'a', { x: 1 }),
    ...call('b', 'b', { x: 1 }),
  ])
})

test('whatever the data, one step of a line leads to exactly one thing, and nothing is changed', () => {
  const data: fc.Arbitrary<JsonObject> = fc.dictionary(
    fc.constantFrom('id', 'kind', 'box'),
    fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.constant<JsonObject>({ lid: [true] })),
  )
  const steps = fc.subarray([
    '{ key: f, type: filter, conditions: { kind: rye } }',
    '{ key: a, type: task, taskKey: bake, inputs: { id: { key: "box.lid[0]" } } }',
    '{ key: b, type: task, taskKey: sell, inputs: { id: { key: id } } }',
  ])
  fc.assert(
    fc.property(steps, data, (lines, given) => {
      const before = structuredClone(given)
      expect(walk(lines, given)).toHaveLength(1)
      expect(given).toEqual(before)
    }),
  )
})
