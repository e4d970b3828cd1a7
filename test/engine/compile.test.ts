import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compileProcess } from '../../src/engine/compile.ts'
import { checkGraph } from '../../src/engine/graph.ts'
import type { Graph } from '../../src/engine/graph.ts'
import { InvalidProcessError, parseProcess } from '../../src/engine/process-definition.ts'
import { graphOf, processOf } from './bakery.ts'

const keys = (graph: Graph) => graph.nodes.map(({ key }) => key)
const compile = (text: string, environment = {}) => compileProcess(parseProcess('test.yml', text, environment))

describe('nodes are named as the MESG compilers name them', () => {
  const table: [string, string[], string[]][] = [
    ['given keys stay', ['{ key: a, type: task, taskKey: bake }'], ['order', 'a']],
    [
      'a task with inputs gets a map before it',
      ['{ key: a, type: task, taskKey: bake, inputs: { id: x } }'],
      ['order', 'a-inputs', 'a'],
    ],
    [
      'also when the inputs are empty',
      ['{ key: a, type: task, taskKey: bake, inputs: {} }'],
      ['order', 'a-inputs', 'a'],
    ],
    [
      'a default key counts the maps: the second task is node-3',
      [
        '{ type: trigger, eventKey: ordered }',
        '{ type: task, taskKey: bake, inputs: { id: x } }',
        '{ type: task, taskKey: sell, inputs: { id: x } }',
      ],
      ['node-0', 'node-1-inputs', 'node-1', 'node-3-inputs', 'node-3'],
    ],
    [
      'and the filters',
      [
        '{ type: trigger, eventKey: ordered }',
        '{ type: filter, conditions: { kind: rye } }',
        '{ type: task, taskKey: bake }',
      ],
      ['node-0', 'node-1', 'node-2'],
    ],
  ]
  test.each(table)('%s', (_, steps, expected) => {
    expect(keys(graphOf(steps))).toEqual(expected)
  })
})

test('the graph of a process, in full', () => {
  const graph = graphOf(
    [
      '{ key: start, type: trigger, taskKey: bake }',
      '{ key: only, type: filter, conditions: { id: "7" } }',
      `{ key: sale, type: task, taskKey: sell, inputs: { id: { key: "loaf.slices[1].a" }, list: [1, { key: id, stepKey: start }],
         map: { a: true, b: { c: text } }, nothing: null } }`,
      '{ key: word, type: task, taskKey: tell, inputs: { anything: { key: receipt } } }',
    ],
    'in-full',
  )
  expect(graph).toEqual({
    name: 'in-full',
    nodes: [
      { key: 'start', type: 'result', taskKey: 'bake' },
      { key: 'only', type: 'filter', conditions: [{ key: 'id', value: '7' }] },
      {
        key: 'sale-inputs',
        type: 'map',
        outputs: {
          id: { type: 'reference', nodeKey: 'only', path: ['loaf', 'slices', 1, 'a'] },
          list: {
            type: 'list',
            items: [
              { type: 'constant', value: 1 },
              { type: 'reference', nodeKey: 'start', path: ['id'] },
            ],
          },
          map: {
            type: 'map',
            fields: {
              a: { type: 'constant', value: true },
              b: { type: 'map', fields: { c: { type: 'constant', value: 'text' } } },
            },
          },
          nothing: { type: 'constant', value: null },
        },
      },
      { key: 'sale', type: 'task', taskKey: 'sell' },
      {
        key: 'word-inputs',
        type: 'map',
        outputs: { anything: { type: 'reference', nodeKey: 'sale', path: ['receipt'] } },
      },
      { key: 'word', type: 'task', taskKey: 'tell' },
    ],
    edges: [
      { src: 'start', dst: 'only' },
      { src: 'only', dst: 'sale-inputs' },
      { src: 'sale-inputs', dst: 'sale' },
      { src: 'sale', dst: 'word-inputs' },
      { src: 'word-inputs', dst: 'word' },
    ],
  })
})

describe('paths are read with one-digit indexes', () => {
  const table: [string, (string | number)[]][] = [
    ['a', ['a']],
    ['a.b.c', ['a', 'b', 'c']],
    ['a[0]', ['a', 0]],
    ['a[1][2].b', ['a', 1, 2, 'b']],
    ['a[10]', ['a[10]']],
    ['[0]', ['', 0]],
  ]
  test.each(table)('%s', (key, path) => {
    const [, map] = graphOf([`{ key: a, type: task, taskKey: bake, inputs: { id: { key: "${key}" } } }`]).nodes
    expect(map).toMatchObject({ outputs: { id: { nodeKey: 'order', path } } })
  })
})

describe('what no engine would create is refused', () => {
  const task = '{ key: a, type: task, taskKey: bake }'
  const table: [string, string, string][] = [
    [
      'no trigger',
      processOf(['{ key: t, type: trigger, eventKey: ordered }'])
        .replace('trigger', 'task')
        .replace('eventKey', 'taskKey'),
      'exactly one trigger',
    ],
    [
      'two triggers',
      processOf(['{ key: t, type: trigger, eventKey: a }', '{ key: u, type: trigger, eventKey: b }']),
      'exactly one trigger',
    ],
    ['two nodes of one name', processOf([task, task]), 'multiple nodes with the id "a"'],
    [
      'a name that a map has',
      processOf(['{ key: a, type: task, taskKey: bake, inputs: {} }', '{ key: a-inputs, type: task, taskKey: bake }']),
      'multiple nodes',
    ],
    [
      'a reference to nowhere',
      processOf(['{ key: a, type: task, taskKey: bake, inputs: { id: { key: x, stepKey: gone } } }']),
      'node "gone" not found',
    ],
    [
      'a trigger that waits for two things',
      processOf(['{ key: t, type: trigger, eventKey: a, taskKey: b }']),
      'either an eventKey or a taskKey',
    ],
    ['a trigger that waits for nothing', processOf(['{ key: t, type: trigger }']), 'either an eventKey or a taskKey'],
    ['a step of an unknown type', processOf(['{ key: t, type: map }']), 'type'],
    ['no steps', 'name: x\nsteps: []', 'steps'],
    ['no name', 'steps:\n  - { type: trigger, eventKey: a, instance: { src: ./ } }', 'name'],
    ['an unknown property at the top', `${processOf([task])}retries: 3\n`, 'retries is not a known property'],
    ['no instance', 'name: x\nsteps:\n  - { type: trigger, eventKey: a }', 'instance'],
    [
      'two instances',
      'name: x\nsteps:\n  - { type: trigger, eventKey: a, instance: { src: a, service: b } }',
      'instance',
    ],
    [
      'a condition that is no text',
      processOf(['{ type: filter, conditions: { count: 2 } }']),
      'only text can be compared',
    ],
    [
      'a list of conditions, which older engines do not know',
      processOf(['{ type: filter, conditions: [] }']),
      'newer engines only',
    ],
    [
      'a reference by number',
      processOf(['{ key: a, type: task, taskKey: bake, inputs: { id: { key: 5 } } }']),
      'by text',
    ],
    [
      'an input with a dot in its name',
      processOf(['{ key: a, type: task, taskKey: bake, inputs: { a.b: 5 } }']),
      'letters, digits and _',
    ],
  ]
  test.each(table)('%s', (_, text, message) => {
    expect(() => compile(text)).toThrow(InvalidProcessError)
    expect(() => compile(text)).toThrow(message)
  })

  const trigger = { key: 't', type: 'event', eventKey: 'e' } as const
  const node = (key: string) => ({ key, type: 'task', taskKey: 'x' }) as const
  const graphs: [string, Graph, string][] = [
    ['an edge to nowhere', { name: 'g', nodes: [trigger], edges: [{ src: 't', dst: 'a' }] }, 'node "a" not found'],
    [
      'a node that nothing leads to',
      { name: 'g', nodes: [trigger, node('a')], edges: [] },
      'node "a" is not connected',
    ],
    [
      'a circle',
      {
        name: 'g',
        nodes: [trigger, node('a'), node('b')],
        edges: [
          { src: 'a', dst: 'b' },
          { src: 'b', dst: 'a' },
        ],
      },
      'not connected',
    ],
    [
      'a circle through the trigger',
      {
        name: 'g',
        nodes: [trigger, node('a')],
        edges: [
          { src: 't', dst: 'a' },
          { src: 'a', dst: 't' },
        ],
      },
      'circle',
    ],
    [
      'two parents',
      {
        name: 'g',
        nodes: [trigger, node('a'), node('b')],
        edges: [
          { src: 't', dst: 'a' },
          { src: 't', dst: 'b' },
          { src: 'a', dst: 'b' },
        ],
      },
      'more than one parent',
    ],
  ]
  test.each(graphs)('%s', (_, graph, message) => {
    expect(() => {
      checkGraph(graph)
    }).toThrow(message)
  })
})

test('variables are filled in everywhere but in the instance, and a missing one is an error', () => {
  const text = processOf([
    '{ key: f, type: filter, conditions: { kind: "$(env:KIND)" } }',
    '{ key: a, type: task, taskKey: "$(env:TASK)", inputs: { id: "no $(env:ID)!" }, instance: { src: ./, env: ["A=$(env:UNSET)"] } }',
  ])
  const { nodes } = compile(text, { KIND: 'rye', TASK: 'bake', ID: '$&' })
  expect(nodes.slice(1)).toEqual([
    { key: 'f', type: 'filter', conditions: [{ key: 'kind', value: 'rye' }] },
    { key: 'a-inputs', type: 'map', outputs: { id: { type: 'constant', value: 'no $&!' } } },
    { key: 'a', type: 'task', taskKey: 'bake' },
  ])
  expect(() => compile(text, { KIND: 'rye', TASK: 'bake' })).toThrow('env variable ID must be set')
  expect(() =>
    compile(processOf(['{ key: f, type: filter, conditions: { k: "$(env:A)-$(env:B)" } }']), { A: '', B: '' }),
  ).toThrow('env variable A)-$(env:B must be set')
  expect(() => compile(processOf(['{ key: f, type: filter, conditions: { k: "$(env:constructor)" } }']))).toThrow(
    'must be set',
  )
})

test('every list of steps compiles to one path from the trigger to the last step', () => {
  const step = fc.record(
    {
      type: fc.constantFrom('filter', 'task'),
      hasKey: fc.boolean(),
      hasInputs: fc.boolean(),
    },
    { requiredKeys: ['type', 'hasKey', 'hasInputs'] },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const texts = steps.map(({ type, hasKey, hasInputs }, at) => {
        const key = hasKey ? `key: step${at},` : ''
        if (type === 'filter') return `{ ${key} type: filter, conditions: { kind: rye } }`
        return `{ ${key} type: task, taskKey: bake${hasInputs ? ', inputs: { id: { key: id } }' : ''} }`
      })
      const graph = graphOf(texts)
      const maps = steps.filter(({ type, hasInputs }) => type === 'task' && hasInputs).length
      expect(graph.nodes).toHaveLength(1 + steps.length + maps)
      expect(new Set(keys(graph)).size).toBe(graph.nodes.length)
      expect(graph.edges).toEqual(
        keys(graph)
          .slice(1)
          .map((dst, at) => ({ src: keys(graph)[at], dst })),
      )
      for (const [at, node] of graph.nodes.entries()) {
        if (node.type === 'map') expect(node.outputs).toMatchObject({ id: { nodeKey: keys(graph)[at - 1] } })
      }
    }),
  )
})
