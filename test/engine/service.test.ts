import { describe, expect, test } from '@jest/globals'
import { formatFinding } from '../../src/engine/finding.ts'
import { lintService, parseService } from '../../src/engine/service.ts'
import { unmark } from './marked.ts'

test('a service, in full', () => {
  const service = parseService(
    'mesg.yml',
    `
sid: plasma-guard.x
name: Plasma Guard
repository: https://example.com/x
configuration: { env: ["A=", "B"], volumes: [/data], ports: ["80", "80:81"], command: run, args: [a] }
dependencies: { db: { image: postgres, volumesFrom: [x] } }
events: { e: { name: E, description: says e, data: { a: { type: String, name: A } } }, f: {} }
tasks: { t: { inputs: { b: { type: Object, repeated: true, object: { c: { type: Any, optional: true } } } } } }
`,
  )
  expect(service.events).toMatchObject({ e: { data: { a: { type: 'String' } } }, f: { data: {} } })
  expect(service.tasks).toEqual({
    t: {
      inputs: { b: { type: 'Object', repeated: true, object: { c: { type: 'Any', optional: true } } } },
      outputs: {},
    },
  })
})

describe('what compilers drop and engines refuse is a finding', () => {
  const field = (parameter: string) => `name: x\nevents: { e: { data: { a: ${parameter} } } }`
  const table: [string, string, string][] = [
    ['no name', '¦events: {}', 'schema: name: Invalid input: expected string, received undefined'],
    ['an empty name', '¦name: ""', 'schema: name: Too small: expected string to have >=1 characters'],
    ['a name with an umlaut', '¦name: Wächter', 'schema: name: may hold printable ASCII only'],
    ['an unknown section', 'name: x\n¦event: {}', 'unknown-property: event is not a known property'],
    [
      'a misspelt type',
      field('{ ¦type: Strnig }'),
      'schema: events.e.data.a.type: Invalid option: expected one of "String"|"Number"|"Boolean"|"Object"|"Any"',
    ],
    [
      'no type',
      'name: x\nevents: { e: { data: { ¦a: {} } } }',
      'schema: events.e.data.a.type: Invalid option: expected one of "String"|"Number"|"Boolean"|"Object"|"Any"',
    ],
    [
      'a misspelt property',
      field('{ type: String, ¦optinal: true }'),
      'unknown-property: optinal is not a known property',
    ],
    [
      'text where true or false belongs',
      field('{ type: String, ¦optional: "yes" }'),
      'schema: events.e.data.a.optional: Invalid input: expected boolean, received string',
    ],
    [
      'fields of what is no object',
      field('{ type: String, ¦object: {} }'),
      'schema: events.e.data.a.object: only a field of type Object may declare fields',
    ],
    [
      'a wrong field inside',
      field('{ type: Object, object: { b: { ¦type: Bool } } }'),
      'schema: events.e.data.a.object.b.type: Invalid option: expected one of "String"|"Number"|"Boolean"|"Object"|"Any"',
    ],
    [
      'a key with a dash',
      'name: x\ntasks: { ¦get-data: {} }',
      'schema: tasks.get-data: may hold letters, digits and _ only',
    ],
    [
      '= in the value of a variable',
      'name: x\nconfiguration: { env: [¦"A=b=c"] }',
      'schema: configuration.env.0: must be NAME or NAME=value, without = in the value',
    ],
    [
      'a variable twice',
      'name: x\nconfiguration: { ¦env: [A=1, A=2] }',
      'schema: configuration.env: sets a name twice',
    ],
    [
      'a relative volume',
      'name: x\nconfiguration: { volumes: [¦data] }',
      'schema: configuration.volumes.0: must be an absolute path',
    ],
    [
      'a volume twice',
      'name: x\nconfiguration: { ¦volumes: [/a, /a] }',
      'schema: configuration.volumes: holds an entry twice',
    ],
    [
      'an image for the service itself',
      'name: x\nconfiguration: { ¦image: x }',
      'unknown-property: image is not a known property',
    ],
    [
      'a dependency without an image',
      'name: x\ndependencies: { ¦db: {} }',
      'schema: dependencies.db.image: Invalid input: expected string, received undefined',
    ],
    [
      'a variable',
      'name: x\nconfiguration: { env: [¦"A=$(env:A)"] }',
      'env-reference: there are no variables in a service definition; compilers fail on them',
    ],
    ['a sid that is no name', 'name: x\n¦sid: "a b"', 'schema: sid: must be a domain-like name'],
    ['a sid without a letter', 'name: x\n¦sid: "1.2"', 'schema: sid: must be a domain-like name'],
    [
      'a sid too long',
      `name: x\n¦sid: ${'a'.repeat(64)}`,
      'schema: sid: Too big: expected string to have <=63 characters',
    ],
    ['a repository that is no address', 'name: x\n¦repository: here', 'schema: repository: Invalid URL'],
  ]
  test.each(table)('%s', (_, marked, finding) => {
    const { text, places } = unmark(marked)
    const { findings, service } = lintService('m.yml', text)
    expect(findings.map(formatFinding)).toEqual([`m.yml:${places[0]} ${finding}`])
    expect(service).toBeUndefined()
    expect(() => parseService('m.yml', text)).toThrow(finding)
  })
})
