import { describe, test } from '@jest/globals'
import { BAKE, BAKE_RYE, RYE, SELL, TRIGGER, env, expectFindings, filter, on, process, sell, tell } from './linted.ts'

test('a process that keeps all the rules has no finding', () => {
  const words =
    '{ key: tell, type: task, taskKey: tell, inputs: { anything: [{ key: "loaf.slices[9]" }, { key: id, stepKey: bake }] } }'
  expectFindings(process(TRIGGER, RYE, BAKE_RYE, words, sell('id: { key: id, stepKey: bake }')), [])
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
