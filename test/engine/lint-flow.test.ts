import { describe, expect, test } from '@jest/globals'
import { lintFiles } from '../../src/engine/lint.ts'
import type { Service } from '../../src/engine/service.ts'
import { bakery } from './bakery.ts'
import { BAKE, BAKE_RYE, RYE, SELL, TRIGGER, expectFindings, process, sell, tell } from './linted.ts'
import { unmark } from './marked.ts'

describe('events, tasks and inputs are checked against mesg.yml', () => {
  const KEY = 'constant-key: an object with a property key is read as a reference { key, stepKey }'
  const NULL = 'null-constant: null arrives as 0 or not at all; leave the input out'
  const table: [string, string[], string][] = [
    [
      'an event that does not exist',
      [TRIGGER.replace('eventKey: ordered', '¦eventKey: opened'), SELL],
      'unknown-event: the service has no event opened',
    ],
    [
      'an event of Object.prototype',
      [TRIGGER.replace('eventKey: ordered', '¦eventKey: toString')],
      'unknown-event: the service has no event toString',
    ],
    [
      'a result of no task',
      ['{ key: order, type: trigger, ¦taskKey: burn }'],
      'unknown-task: the service has no task burn',
    ],
    [
      'a task that does not exist',
      [TRIGGER, BAKE.replace('taskKey: bake', '¦taskKey: burn')],
      'unknown-task: the service has no task burn',
    ],
    ['an input that is not declared', [TRIGGER, sell('id: a, ¦colour: red')], 'unknown-input: colour is not declared'],
    [
      'a required input left out',
      [TRIGGER, sell('price: 3').replace('inputs', '¦inputs')],
      'missing-input: id is required',
    ],
    ['a number for text', [TRIGGER, sell('¦id: 7')], 'input-type: is of type Number, not of type String'],
    [
      'a reference of another type',
      [TRIGGER, sell('¦id: { key: count }')],
      'input-type: is of type Number, not of type String',
    ],
    ['a list for text', [TRIGGER, sell('¦id: [a]')], 'input-type: is a list, not of type String'],
    ['an object for text', [TRIGGER, sell('¦id: { a: b }')], 'input-type: is of type Object, not of type String'],
    [
      'a field of a list',
      [TRIGGER, BAKE, tell('{ key: loaf.slices.length }')],
      'input-type: loaf.slices.length: length is asked of what is not an object',
    ],
    [
      'an index of what is no list',
      [TRIGGER, tell('{ key: "id[0]" }')],
      'input-type: id[0]: [0] is asked of what is not a list',
    ],
    ['null', [TRIGGER, tell('null')], NULL],
    ['null inside', [TRIGGER, tell('[1, { ¦a: ~ }]').replace('¦', '')], NULL],
    ['an object that would be read as a reference', [TRIGGER, tell('{ key: id, colour: red }')], KEY],
    ['an object with an empty key', [TRIGGER, tell('{ key: "" }')], KEY],
    [
      'a reference by number',
      [TRIGGER, tell('{ key: 5 }')],
      'schema: steps.1.inputs.anything: an object with a property key is a reference, by text',
    ],
    [
      'an index of two digits',
      [TRIGGER, BAKE, tell('{ key: "loaf.slices[10]" }')],
      'reference-path: loaf.slices[10] is not a path like a.b[0].c, with indexes below 10',
    ],
    [
      'a path that begins with an index',
      [TRIGGER, tell('{ key: "[0]" }')],
      'reference-path: [0] is not a path like a.b[0].c, with indexes below 10',
    ],
    ['a field that does not exist', [TRIGGER, tell('{ key: knid }')], 'unknown-field: knid: there is no field knid'],
    [
      'a field inside that does not exist',
      [TRIGGER, BAKE, tell('{ key: loaf.nmae }')],
      'unknown-field: loaf.nmae: there is no field nmae',
    ],
    [
      'an optional field, which may be missing',
      [TRIGGER, tell('{ key: note }')],
      'optional-reference: note: note is optional: where it is missing the step would be aborted',
    ],
    [
      'a step that does not exist',
      [TRIGGER, tell('{ key: id, stepKey: gone }')],
      'reference-scope: there is no earlier step gone',
    ],
    [
      'a step that comes later',
      [TRIGGER, tell('{ key: id, stepKey: sell }'), sell('id: a')],
      'reference-scope: there is no earlier step sell',
    ],
    [
      'the step itself',
      [TRIGGER, tell('{ key: id, stepKey: tell }')],
      'reference-scope: there is no earlier step tell',
    ],
    [
      'the trigger across a filter',
      [TRIGGER, RYE, tell('{ key: id, stepKey: order }')],
      'reference-scope: order is a trigger: only the step right after it can refer to it',
    ],
    [
      'the trigger across a task',
      [TRIGGER, BAKE, tell('[¦{ key: id, stepKey: order }]').replace('¦', '')],
      'reference-scope: order is a trigger: only the step right after it can refer to it',
    ],
    [
      'a filter across a task',
      [TRIGGER, RYE, BAKE_RYE, tell('{ key: id, stepKey: only }')],
      'reference-scope: only is a filter: only the step right after it can refer to it',
    ],
    [
      'data passed on that lacks an input',
      ['{ key: t, type: trigger, eventKey: closed }', '¦{ key: sell, type: task, taskKey: sell }'],
      'missing-input: the data of the step before, passed on without inputs, may lack id',
    ],
    [
      'a task that starts itself',
      ['{ key: t, type: trigger, ¦taskKey: sell }', SELL],
      'endless: sell would start itself again, without an end',
    ],
  ]
  test.each(table)('%s', (_, steps, finding) => {
    expectFindings(process(...steps), [finding])
  })

  test('an object is checked inside, a list item by item, and anything fits Any', () => {
    const service: Service = {
      ...bakery,
      tasks: {
        ...bakery.tasks,
        pack: {
          inputs: {
            box: { type: 'Object', object: { lid: { type: 'Boolean' }, size: { type: 'Number', optional: true } } },
            tags: { type: 'String', repeated: true },
            rest: { type: 'Any' },
          },
          outputs: {},
        },
      },
    }
    const pack = (inputs: string) => process(TRIGGER, `{ key: p, type: task, taskKey: pack, inputs: { ${inputs} } }`)
    expectFindings(pack('box: { lid: true }, tags: [a, { key: id }], rest: { x: [{ key: count }] }'), [], service)
    expectFindings(
      pack('¦box: { ¦size: big }, tags: [a, ¦1], rest: 1'),
      [
        'missing-input: lid is required',
        'input-type: is of type String, not of type Number',
        'input-type: is of type Number, not of type String',
      ],
      service,
    )
    expectFindings(
      pack('box: { lid: true }, ¦tags: { key: id }, rest: 1'),
      ['input-type: is of type String, not a list of String'],
      service,
    )
  })

  test('processes that start each other in a circle never end, those beside it do', () => {
    const wait = (task: string, step: string) => process(`{ key: t, type: trigger, taskKey: ${task} }`, step)
    const files = [
      { file: 'a.yml', text: wait('sell', BAKE) },
      { file: 'b.yml', text: wait('bake', SELL) },
      { file: 'c.yml', text: wait('bake', tell('1').replace('¦', '')) },
    ]
    const findings = lintFiles(files, bakery)
    expect(findings.map(({ file, rule }) => [file, rule])).toEqual([
      ['a.yml', 'endless'],
      ['b.yml', 'endless'],
    ])
    expect(lintFiles(files.slice(1), bakery)).toEqual([])
  })

  test('without a service the rules of form still hold', () => {
    const { text } = unmark(process(TRIGGER, tell('{ key: whatever, stepKey: gone }')))
    expect(lintFiles([{ file: 'p.yml', text }], undefined)).toMatchObject([{ rule: 'reference-scope' }])
  })
})
