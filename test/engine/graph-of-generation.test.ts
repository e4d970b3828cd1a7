import { expect, test } from '@jest/globals'
import { graphOfGenerationA } from '../../src/engine/graph-of-generation-a.ts'
import { graphOfGenerationB } from '../../src/engine/graph-of-generation-b.ts'
import { graphOf } from './bakery.ts'

const HASH = '2NmXcEFCYkVRnzPCMBD7mPYyGFNDRQDQ5jpxJUAwRMvJ'

/** Every kind of node, constant, reference and selector; the keys out of order. */
const graph = graphOf(
  [
    '{ key: start, type: trigger, eventKey: ordered }',
    '{ key: only, type: filter, conditions: { kind: rye, id: "7" } }',
    `{ key: sale, type: task, taskKey: sell, inputs: {
       price: 1.5, id: { key: "a.b[0][3].c", stepKey: only },
       list: [text, true, { key: id, stepKey: only }], map: { z: ~, a: { y: false } } } }`,
    '{ key: word, type: task, taskKey: tell }',
  ],
  'every-kind',
)
const edges = [
  { src: 'start', dst: 'only' },
  { src: 'only', dst: 'sale-inputs' },
  { src: 'sale-inputs', dst: 'sale' },
  { src: 'sale', dst: 'word' },
]

test('compiler 0.2.0 writes the messages of the protobuf by name', () => {
  const key = (name: string, path: unknown = null) => ({ selector: 'key', key: name, index: null, path })
  const index = (at: number, path: unknown = null) => ({ selector: 'index', key: null, index: at, path })
  expect(graphOfGenerationA(graph, HASH)).toEqual({
    name: 'every-kind',
    nodes: [
      { key: 'start', event: { instanceHash: HASH, eventKey: 'ordered' } },
      {
        key: 'only',
        filter: {
          conditions: [
            { key: 'kind', predicate: 1, value: 'rye' },
            { key: 'id', predicate: 1, value: '7' },
          ],
        },
      },
      {
        key: 'sale-inputs',
        map: {
          outputs: {
            price: { doubleConst: 1.5 },
            id: { ref: { nodeKey: 'only', path: key('a', key('b', index(0, index(3, key('c'))))) } },
            list: {
              list: {
                outputs: [{ stringConst: 'text' }, { boolConst: true }, { ref: { nodeKey: 'only', path: key('id') } }],
              },
            },
            map: { map: { outputs: { z: { null: 0 }, a: { map: { outputs: { y: { boolConst: false } } } } } } },
          },
        },
      },
      { key: 'sale', task: { instanceHash: HASH, taskKey: 'sell' } },
      { key: 'word', task: { instanceHash: HASH, taskKey: 'tell' } },
    ],
    edges,
  })
})

test('compiler 0.3.1 writes amino JSON: named choices, sorted lists for maps, no zeros', () => {
  const output = (kind: string, value: unknown) => ({
    Value: { type: `mesg.types.Process_Node_Map_Output_${kind}`, value },
  })
  const key = (name: string, path: unknown = null) => ({
    Selector: { type: 'mesg.types.Process_Node_Reference_Path_Key', value: { key: name } },
    path,
  })
  const index = (value: object, path: unknown = null) => ({
    Selector: { type: 'mesg.types.Process_Node_Reference_Path_Index', value },
    path,
  })
  const reference = (nodeKey: string, path: unknown) => ({
    Value: { type: 'mesg.types.Process_Node_Reference', value: { ref: { nodeKey, path } } },
  })
  const text = (value: string) => ({ Kind: { type: 'mesg.types.Value_StringValue', value: { string_value: value } } })
  expect(graphOfGenerationB(graph, HASH)).toEqual({
    name: 'every-kind',
    nodes: [
      {
        key: 'start',
        Type: {
          type: 'mesg.types.Process_Node_Event_',
          value: { event: { instanceHash: HASH, eventKey: 'ordered' } },
        },
      },
      {
        key: 'only',
        Type: {
          type: 'mesg.types.Process_Node_Filter_',
          value: {
            filter: {
              conditions: [
                { ref: { nodeKey: 'start', path: key('id') }, predicate: 1, value: text('7') },
                { ref: { nodeKey: 'start', path: key('kind') }, predicate: 1, value: text('rye') },
              ],
            },
          },
        },
      },
      {
        key: 'sale-inputs',
        Type: {
          type: 'mesg.types.Process_Node_Map_',
          value: {
            map: [
              {
                Key: 'id',
                Value: reference('only', key('a', key('b', index({}, index({ index: '3' }, key('c')))))),
              },
              {
                Key: 'list',
                Value: output('List_', {
                  list: {
                    outputs: [
                      output('StringConst', { string_const: 'text' }),
                      output('BoolConst', { bool_const: true }),
                      reference('only', key('id')),
                    ],
                  },
                }),
              },
              {
                Key: 'map',
                Value: output('Map_', {
                  map: [
                    {
                      Key: 'a',
                      Value: output('Map_', { map: [{ Key: 'y', Value: output('BoolConst', { bool_const: false }) }] }),
                    },
                    { Key: 'z', Value: output('Null_', {}) },
                  ],
                }),
              },
              { Key: 'price', Value: output('DoubleConst', { double_const: 1.5 }) },
            ],
          },
        },
      },
      {
        key: 'sale',
        Type: { type: 'mesg.types.Process_Node_Task_', value: { task: { instanceHash: HASH, taskKey: 'sell' } } },
      },
      {
        key: 'word',
        Type: { type: 'mesg.types.Process_Node_Task_', value: { task: { instanceHash: HASH, taskKey: 'tell' } } },
      },
    ],
    edges,
  })
})

test('a process that waits for a result', () => {
  const waiting = graphOf(['{ key: t, type: trigger, taskKey: bake }'])
  expect(graphOfGenerationA(waiting, HASH)).toMatchObject({
    nodes: [{ key: 't', result: { instanceHash: HASH, taskKey: 'bake' } }],
  })
  expect(graphOfGenerationB(waiting, HASH)).toMatchObject({
    nodes: [
      {
        key: 't',
        Type: { type: 'mesg.types.Process_Node_Result_', value: { result: { instanceHash: HASH, taskKey: 'bake' } } },
      },
    ],
  })
})
