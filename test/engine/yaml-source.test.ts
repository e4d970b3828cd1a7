import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatFinding } from '../../src/engine/finding.ts'
import { lintFiles } from '../../src/engine/lint.ts'
import { InvalidProcessError, parseProcess } from '../../src/engine/process-definition.ts'
import { InvalidServiceError, lintService, parseService } from '../../src/engine/service.ts'
import { bakery, processOf } from './bakery.ts'
import { unmark } from './marked.ts'

const lint = (text: string) => lintFiles([{ file: 'p.yml', text }], bakery).map(formatFinding)

/** Ten lists of ten lists of ten … of one word. */
const bomb = `a0: &a0 [x]\n${Array.from({ length: 12 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at}, `.repeat(10)}]\n`).join('')}`

describe('a file that means harm is a finding, soon', () => {
  const table: [string, string, RegExp][] = [
    ['an alias bomb', bomb, /^p\.yml:1:1 syntax: Excessive alias count/],
    ['an anchor that holds itself', 'name: &x [*x]', /./],
    ['brackets nested by the thousand', `name: ${'['.repeat(2_000)}`, /syntax/],
    ['maps nested by the thousand', `name: ${'{a: '.repeat(2_000)}`, /syntax/],
    [
      'a value nested deeper than anybody writes',
      processOf([
        `{ key: a, type: task, taskKey: tell, inputs: { anything: ${'['.repeat(3000)}${']'.repeat(3000)} } }`,
      ]),
      /./,
    ],
    ['a huge file', `name: ${'x'.repeat(300_000)}`, /^p\.yml:1:1 syntax: the file is larger than 131072 characters$/],
    ['a key that is a list', '[a]: b', /^p\.yml:1:1 syntax: a key must be text$/],
    ['keys of keys of keys', '? '.repeat(1000), /syntax: a key must be text/],
    ['many aliases', `name: &a x\nlist: [${'*a, '.repeat(600)}]`, /syntax: more than 500 aliases/],
    ['bytes', '\u0000\u0001\u0002', /p\.yml/],
    ['two documents', 'name: a\n---\nname: b\n', /syntax/],
    ['a key twice', 'name: a\nname: b\n', /^p\.yml:2:1 syntax: the key name stands here twice$/],
    ['an alias of nothing', 'name: *nobody', /^p\.yml:1:1 syntax: Unresolved alias .*nobody$/],
    ['tabs', 'name: a\n\tsteps: []', /syntax/],
    ['nothing at all', '', /p\.yml:1:1 schema/],
    ['a list', '- a', /p\.yml:1:1 schema/],
    ['a word', 'plasma', /p\.yml:1:1 schema/],
    ['null', '~', /p\.yml:1:1 schema/],
  ]
  test.each(table)('%s', (_, text, message) => {
    const findings = lint(text)
    expect(findings[0]).toMatch(message)
    expect(() => parseProcess('p.yml', text, {})).toThrow(InvalidProcessError)
    expect(() => parseService('p.yml', text)).toThrow(InvalidServiceError)
  })
})

describe('what readers understand differently is a finding', () => {
  const table: [string, string, string][] = [
    ['a function', '!!js/function ¦"x"', 'tag'],
    ['bytes', '!!binary ¦aGk=', 'tag'],
    ['a tag of its own', '!secret ¦x', 'tag'],
    ['an address that is a number', '¦0x00000000000000000000000000000000000000aa', 'ambiguous-scalar'],
    ['a position beyond 2^53', '¦10000000010000001', 'ambiguous-scalar'],
    ['a day', '¦2026-11-22', 'ambiguous-scalar'],
    ['a time that counts in sixties', '¦10:30', 'ambiguous-scalar'],
    ['a number with a zero before it', '¦010', 'ambiguous-scalar'],
    ['a number with gaps', '¦1_000', 'ambiguous-scalar'],
    ['infinity', '¦.inf', 'ambiguous-scalar'],
  ]
  test.each(table)('%s', (_, value, rule) => {
    const step = `{ key: a, type: task, taskKey: tell, inputs: { anything: ${value} } }`
    const { text, places } = unmark(processOf([step]))
    const findings = lintFiles([{ file: 'p.yml', text }], bakery)
    expect(findings).toMatchObject([{ rule }])
    expect(findings.map(({ line, column }) => `${line}:${column}`)).toEqual(places)
    expect(() => parseProcess('p.yml', text, {})).toThrow(InvalidProcessError)
  })

  test('the same in quotes is text', () => {
    expect(
      lint(
        processOf([
          '{ key: a, type: task, taskKey: tell, inputs: { anything: ["0xaa", "2026-11-22", "010", 10, -1.5, true] } }',
        ]),
      ),
    ).toEqual([])
  })
})

test('no text whatsoever makes the linter throw', () => {
  const piece = fc.constantFrom(
    'name: a\n',
    'steps:\n',
    '  - ',
    '{',
    '}',
    '[',
    ']',
    'key: ',
    'type: trigger',
    'inputs: ',
    '&a ',
    '*a',
    '<<: ',
    '!!set ',
    '? ',
    '|',
    '>',
    '"',
    "'",
    '#',
    '\n',
    ' ',
    '\t',
    '$(env:A)',
    'null',
    '0x1',
    '__proto__: ',
    'constructor: ',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(piece).map((pieces) => pieces.join('')),
      ),
      (text) => {
        for (const finding of [
          ...lintFiles([{ file: 'p.yml', text }], bakery),
          ...lintService('m.yml', text).findings,
        ]) {
          expect(finding.line).toBeGreaterThan(0)
          expect(finding.column).toBeGreaterThan(0)
        }
      },
    ),
    { numRuns: 100 },
  )
})
