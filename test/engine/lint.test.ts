import { describe, expect, test } from '@jest/globals'
import { formatFinding } from '../../src/engine/finding.ts'
import { lintFiles } from '../../src/engine/lint.ts'
import type { Service } from '../../src/engine/service.ts'
import { bakery } from './bakery.ts'
import { unmark } from './marked.ts'

function lint(text: string, service: Service | undefined = bakery): string[] {
  return lintFiles([{ file: 'p.yml', text }], service).map(formatFinding)
}

/** Lints a text whose marks say where the findings stand, in order. */
function expectFindings(marked: string, findings: readonly string[], service?: Service): void {
  const { text, places } = unmark(marked)
  expect(places).toHaveLength(findings.length)
  expect(lint(text, service)).toEqual(findings.map((finding, at) => `p.yml:${places[at]} ${finding}`))
}

/** One step a line, each with the instance that it must have. */
function process(...steps: string[]): string {
  const lines = steps.map((step) =>
    /instance|filter/.test(step) ? step : step.replace(/ \}$/, ', instance: { src: ../, env: [A=1] } }'),
  )
  return `name: sale\nsteps:\n${lines.map((line) => `  - ${line}\n`).join('')}`
}
const TRIGGER = '{ key: order, type: trigger, eventKey: ordered }'
const BAKE = '{ key: bake, type: task, taskKey: bake, inputs: { id: { key: id } } }'
const SELL = '{ key: sell, type: task, taskKey: sell, inputs: { id: { key: id } } }'
const RYE = '{ key: only, type: filter, conditions: { kind: rye } }'
const sell = (inputs: string) => `{ key: sell, type: task, taskKey: sell, inputs: { ${inputs} } }`
const tell = (value: string) => `{ key: tell, type: task, taskKey: tell, inputs: { ¦anything: ${value} } }`
const filter = (conditions: string) => `{ key: only, type: filter, conditions: { ¦${conditions} } }`
const on = (instance: string) => process(TRIGGER.replace('eventKey', `instance: ${instance}, eventKey`))
const env = (entries: string) => on(`{ src: ../, env: [${entries}] }`)

test('a process that keeps all the rules has no finding', () => {
  const words =
    '{ key: tell, type: task, taskKey: tell, inputs: { anything: [{ key: "loaf.slices[9]" }, { key: id, stepKey: bake }] } }'
  expect(lint(process(TRIGGER, RYE, BAKE, words, sell('id: { key: id, stepKey: bake }')))).toEqual([])
})

describe('a process needs', () => {
  const table: [string, string, string[]][] = [
    [
      'a name',
      `¦${process(TRIGGER).replace('name: sale\n', '')}`,
      ['name: name: Invalid input: expected string, received undefined'],
    ],
    ['a name with something in it', `¦${process(TRIGGER).replace('sale', '""')}`, ['name: a process needs a name']],
    [
      'a printable name',
      `¦${process(TRIGGER).replace('sale', 'Gebäck')}`,
      ['printable: names and keys may hold printable ASCII only'],
    ],
    [
      'printable keys',
      process(TRIGGER.replace('key: order', '¦key: ôrder')),
      ['printable: names and keys may hold printable ASCII only'],
    ],
    [
      'nothing unknown at the top',
      `${process(TRIGGER)}¦retry: 3\n`,
      ['unknown-property: retry is not a known property'],
    ],
    [
      'its trigger first',
      process(`¦${RYE}`, `¦${TRIGGER}`),
      [
        'trigger-first: the first step must be the trigger',
        'single-trigger: a process has one trigger, its first step',
      ],
    ],
    [
      'one trigger',
      process(TRIGGER, `¦${TRIGGER.replace('order', 'again')}`),
      ['single-trigger: a process has one trigger, its first step'],
    ],
    [
      'a trigger that waits for one thing',
      process(`¦${TRIGGER.replace('eventKey', 'taskKey: bake, eventKey')}`),
      ['schema: steps.0: a trigger names either an eventKey or a taskKey'],
    ],
    [
      'explicit keys',
      process(TRIGGER, `¦${SELL.replace('key: sell, ', '')}`),
      ['step-key: a step needs a key; the default one changes when a step is added before it'],
    ],
    [
      'keys that differ',
      process(TRIGGER, BAKE, SELL.replace('key: sell', '¦key: bake')),
      ['unique-key: the key bake is taken by another step'],
    ],
    [
      'keys that differ from those of hidden maps',
      process(TRIGGER, BAKE, SELL.replace('key: sell', '¦key: bake-inputs')),
      ['unique-key: the key bake-inputs is taken by another step'],
    ],
    [
      'known properties of steps',
      process(TRIGGER, '{ key: tell, type: task, taskKey: tell, ¦input: { id: 1 } }'),
      ['unknown-property: a task has no property input; compilers ignore it'],
    ],
    [
      'filters in map form',
      process(TRIGGER, '{ key: only, type: filter, ¦conditions: [{ key: kind, predicate: EQ, value: rye }] }'),
      [
        'filter-form: steps.1.conditions: must be a map from field to text; lists of conditions run on newer engines only',
      ],
    ],
    [
      'filters on text',
      process(TRIGGER, filter('kind: true')),
      ['filter-form: steps.1.conditions.kind: only text can be compared on every engine'],
    ],
    [
      'filters on some text',
      process(TRIGGER, filter('kind: ""')),
      ['filter-form: engines disagree whether an empty text matches a missing field'],
    ],
    [
      'filters on fields of text',
      process(TRIGGER, filter('count: "2"')),
      ['filter-form: count is of type Number; only text can be compared on every engine'],
    ],
    [
      'filters on declared fields',
      process(TRIGGER, filter('knid: rye')),
      ['unknown-field: there is no field knid in the data of the step before'],
    ],
  ]
  test.each(table)('%s', (_, marked, findings) => {
    expectFindings(marked, findings)
  })
})

describe('instances and variables', () => {
  const OTHER =
    'same-instance: differs from the first step: engines start one container for each list of env; use one YAML anchor'
  const VARIABLE = 'env-reference: a text may hold one $(env:NAME), and neither ) nor $ elsewhere'
  const table: [string, string, string][] = [
    [
      'the hash of an instance',
      process('{ key: order, type: trigger, ¦instanceHash: abc, eventKey: ordered }'),
      'instance: instanceHash runs on some engines only; use instance.src',
    ],
    ['a service by its hash', on('{ ¦service: abc }'), 'instance: use src; engines differ on service'],
    [
      'a service by its name',
      on('{ ¦service: plasma-guard }'),
      'instance: steps.0.instance.service: must be a base58 hash',
    ],
    [
      'an unknown property',
      on('{ src: ../, ¦branch: main }'),
      'unknown-property: an instance has no property branch; compilers ignore it',
    ],
    [
      'no source at all',
      process('¦{ key: order, type: trigger, instance: { env: [] }, eventKey: ordered }'),
      'schema: steps.0: names its service by instance.src',
    ],
    ['an entry without a name', env('¦"=1"'), 'env-value: an entry reads NAME=value'],
    ['an entry without a value', env('¦A'), 'env-value: A has no value; write A=value'],
    [
      '= in a value',
      env('¦"URL=http://x/?a=b"'),
      'env-value: the value must not contain =; engines refuse it or cut it off',
    ],
    ['a name twice', env('A=1, ¦A=2'), 'env-value: A is set twice'],
    ['an entry twice', on('{ src: ../, ¦env: [A=1, A=1] }'), 'instance: steps.0.instance.env: holds an entry twice'],
    ['two variables in one text', env('¦"A=$(env:A)$(env:B)"'), VARIABLE],
    ['a bracket behind a variable', env('¦"A=$(env:A) (b)"'), VARIABLE],
    ['a variable without an end', process(TRIGGER, tell('"$(env:A"')), VARIABLE],
    [
      'a variable in a key',
      process(TRIGGER, tell('{ "$(env:A)": 1 }').replace('¦', '').replace('"$', '¦"$')),
      'env-reference: a variable in a key is not replaced',
    ],
    [
      'different instances',
      process(TRIGGER, BAKE.replace('taskKey', '¦instance: { src: ../, env: [A=2] }, taskKey')),
      OTHER,
    ],
    [
      'the same variables in another order',
      process(
        TRIGGER.replace('eventKey', 'instance: { src: ., env: [A=1, B=2] }, eventKey'),
        BAKE.replace('taskKey', '¦instance: { src: ., env: [B=2, A=1] }, taskKey'),
      ),
      OTHER,
    ],
  ]
  test.each(table)('%s', (_, marked, finding) => {
    expectFindings(marked, [finding])
  })

  test('one variable in a text is fine, and counts as text', () => {
    expectFindings(process(TRIGGER, sell('id: "$(env:ID)"')), [])
    expectFindings(process(TRIGGER, sell('id: a, ¦price: "$(env:PRICE)"')), [
      'input-type: is of type String, not of type Number',
    ])
  })

  test('a mistake behind an anchor is told once', () => {
    const marked = `name: x
steps:
  - { key: a, type: trigger, eventKey: closed, instance: &i { src: ., env: [¦A] } }
  - { key: b, type: task, taskKey: tell, instance: *i }
  - { key: c, type: task, taskKey: tell, instance: *i }
`
    expectFindings(marked, ['env-value: A has no value; write A=value'])
  })
})

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
      [TRIGGER, RYE, BAKE, tell('{ key: id, stepKey: only }')],
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
