import { describe, expect, test } from '@jest/globals'
import { formatFinding } from '../../src/engine/finding.ts'
import type { Rule } from '../../src/engine/finding.ts'
import { lintFiles } from '../../src/engine/lint.ts'
import { bakery } from './bakery.ts'
import { BAKE, RYE, SELL, TRIGGER, env, expectFindings, filter, on, process, sell, tell } from './linted.ts'

const ONE_CONTAINER =
  'differs from the first step: engines start one container for each list of env; use one YAML anchor'
const ON_CHAIN = 'engines keep what a process holds on their chain, for everybody to read; keys stay with the service'
const LITERAL = 'a secret does not belong in a file; write NAME=$(env:NAME), or keep it on a volume of the service'
const HEX = 'ab'.repeat(32)

/** For each rule a process that breaks nothing else, marked (¦) where it does, and what is said of it. */
const rules: Record<Rule, [marked: string, reason: string]> = {
  'ambiguous-scalar': [
    process(TRIGGER, tell('¦0x10').replace('¦', '')),
    '0x10 would be read as the number 16; quote it to keep it as text',
  ],
  'constant-key': [
    process(TRIGGER, tell('{ key: id, colour: red }')),
    'an object with a property key is read as a reference { key, stepKey }',
  ],
  endless: [
    process('{ key: t, type: trigger, ¦taskKey: sell }', SELL),
    'sell would start itself again, without an end',
  ],
  'env-reference': [
    process(TRIGGER, tell('"$(env:A)-$(env:B)"')),
    'a text may hold one $(env:NAME), and neither ) nor $ elsewhere',
  ],
  'env-value': [env('¦"URL=http://x/?a=b"'), 'the value must not contain =; engines refuse it or cut it off'],
  'filter-form': [
    process(TRIGGER, filter('kind: true')),
    'steps.1.conditions.kind: only text can be compared on every engine',
  ],
  'input-type': [process(TRIGGER, sell('¦id: 7')), 'is of type Number, not of type String'],
  instance: [
    process('{ key: order, type: trigger, ¦instanceHash: abc, eventKey: ordered }'),
    'instanceHash runs on some engines only; use instance.src',
  ],
  'missing-input': [process(TRIGGER, sell('price: 3').replace('inputs', '¦inputs')), 'id is required'],
  name: [`¦${process(TRIGGER).replace('sale', '""')}`, 'a process needs a name'],
  'null-constant': [process(TRIGGER, tell('null')), 'null arrives as 0 or not at all; leave the input out'],
  'optional-reference': [
    process(TRIGGER, tell('{ key: note }')),
    'note: note is optional: where it is missing the step would be aborted',
  ],
  printable: [`¦${process(TRIGGER).replace('sale', 'Gebäck')}`, 'names and keys may hold printable ASCII only'],
  'reference-path': [
    process(TRIGGER, BAKE, tell('{ key: "loaf.slices[10]" }')),
    'loaf.slices[10] is not a path like a.b[0].c, with indexes below 10',
  ],
  'reference-scope': [
    process(TRIGGER, BAKE, tell('{ key: id, stepKey: order }')),
    'order is a trigger: only the step right after it can refer to it',
  ],
  'same-instance': [
    process(TRIGGER, BAKE.replace('taskKey', '¦instance: { src: ../, env: [A=2] }, taskKey')),
    ONE_CONTAINER,
  ],
  schema: [
    process(`¦${TRIGGER.replace('eventKey', 'taskKey: bake, eventKey')}`),
    'steps.0: a trigger names either an eventKey or a taskKey',
  ],
  secret: [process(TRIGGER, tell('"$(env:PRIVATE_KEY)"')), ON_CHAIN],
  'single-trigger': [
    process(TRIGGER, `¦${TRIGGER.replace('order', 'again')}`),
    'a process has one trigger, its first step',
  ],
  source: [
    on('{ ¦src: "https://github.com/baker/shop" }'),
    'without #BRANCH the command line clones the branch master, whatever the default is',
  ],
  'step-key': [
    process(TRIGGER, `¦${SELL.replace('key: sell, ', '')}`),
    'a step needs a key; the default one changes when a step is added before it',
  ],
  syntax: [
    process(TRIGGER, '{ key: only, ¦key: twice, type: filter, conditions: {} }'),
    'the key key stands here twice',
  ],
  tag: [
    process(TRIGGER, tell('!!str ¦rye').replace('¦', '')),
    'the tag tag:yaml.org,2002:str means different things to different readers; leave it out',
  ],
  'trigger-first': [process(`¦${SELL.replace('{ key: id }', 'a')}`), 'the first step must be the trigger'],
  'unique-key': [
    process(TRIGGER, BAKE, SELL.replace('key: sell', '¦key: bake-inputs')),
    'the key bake-inputs is taken by another step',
  ],
  'unknown-event': [
    process(TRIGGER.replace('eventKey: ordered', '¦eventKey: opened')),
    'the service has no event opened',
  ],
  'unknown-field': [process(TRIGGER, tell('{ key: knid }')), 'knid: there is no field knid'],
  'unknown-input': [process(TRIGGER, sell('id: a, ¦colour: red')), 'colour is not declared'],
  'unknown-property': [
    process(TRIGGER, '{ key: tell, type: task, taskKey: tell, ¦input: { id: 1 } }'),
    'a task has no property input; compilers ignore it',
  ],
  'unknown-task': [process(TRIGGER, BAKE.replace('taskKey: bake', '¦taskKey: burn')), 'the service has no task burn'],
  'unsafe-number': [
    process(TRIGGER, tell('20000000010000000')),
    'numbers are doubles here and this one is rounded; write it as text',
  ],
}

test.each(Object.entries(rules))('%s', (rule, [marked, reason]) => {
  expectFindings(marked, [`${rule}: ${reason}`])
})

describe('secrets', () => {
  const table: [string, string, string][] = [
    ['an input named like one', process(TRIGGER, tell('[{ ¦privateKey: { key: id } }]').replace('¦', '')), ON_CHAIN],
    ['a key in plain sight', process(TRIGGER, tell(`"0x${HEX}"`)), ON_CHAIN],
    ['inside a list', process(TRIGGER, tell('[¦"$(env:WALLET_PASSWORD)"]').replace('¦', '')), ON_CHAIN],
    ['in a filter', process(TRIGGER, filter('kind: "$(env:MNEMONIC)"')), ON_CHAIN],
    ['a key in the list of env', env(`¦PRIVATE_KEY=0x${HEX}`), LITERAL],
    ['a key under a harmless name', env(`¦WALLET=${HEX}`), LITERAL],
  ]
  test.each(table)('%s', (_, marked, reason) => {
    expectFindings(marked, [`secret: ${reason}`])
  })

  test('a variable may bring one to the service, or nothing may', () => {
    expectFindings(env('PRIVATE_KEY=$(env:PRIVATE_KEY)'), [])
    expectFindings(env('PRIVATE_KEY='), [])
  })
})

describe('the source of a service', () => {
  const MASTER = 'without #BRANCH the command line clones the branch master, whatever the default is'
  const table: [string, string, string | undefined][] = [
    ['the folder above', '../', undefined],
    ['a branch', 'https://github.com/baker/shop#main', undefined],
    ['an archive', 'https://example.com/shop.tar.gz', undefined],
    ['a repository by ssh', 'git@github.com:baker/shop.git', MASTER],
    ['an absolute path', '/home/baker/shop', 'an absolute path exists on one machine only'],
    ['an absolute path of Windows', 'C:/shop', 'an absolute path exists on one machine only'],
    ['nothing', '', 'is empty'],
  ]
  test.each(table)('%s', (_, src, reason) => {
    const mark = reason === undefined ? '' : '¦'
    expectFindings(on(`{ ${mark}src: "${src}" }`), reason === undefined ? [] : [`source: ${reason}`])
  })

  test('a folder must hold a service', () => {
    const text = on('{ src: ../shop }')
    const asked: string[] = []
    const findings = lintFiles([{ file: 'a/p.yml', text }], bakery, (file, src) => {
      asked.push(file, src)
      return false
    })
    expect(findings.map(formatFinding)).toEqual([
      'a/p.yml:3:46 source: ../shop holds no mesg.yml with a Dockerfile beside it',
    ])
    expect(asked).toEqual(['a/p.yml', '../shop'])
  })
})

describe('after a filter', () => {
  const NAMELESS =
    'reference-scope: name the filter as stepKey: an older compiler refers to the step before it, which engines refuse'

  test('a reference must name it', () => {
    expectFindings(process(TRIGGER, RYE, tell('{ key: id }')), [NAMELESS])
    expectFindings(process(TRIGGER, RYE, tell('{ key: id, stepKey: only }').replace('¦', '')), [])
  })
})

test('files that use one service must give it one list of variables', () => {
  const file = (name: string, list: string) => ({ file: name, text: env(list) })
  const findings = lintFiles([file('a.yml', 'A=1, B=2'), file('b.yml', 'B=2, A=1'), file('c.yml', 'A=1, B=2')], bakery)
  expect(findings.map(formatFinding)).toEqual([
    'b.yml:3:34 same-instance: the list of env differs from a.yml: engines would start a second container',
  ])
  const elsewhere = { file: 'd.yml', text: on('{ src: ../other, env: [C=3] }') }
  expect(lintFiles([file('a.yml', 'A=1'), elsewhere], bakery)).toEqual([])
})
