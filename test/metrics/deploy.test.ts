import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const documented = new Map(
  [...read('docs/metrics.md').matchAll(/^\| `([a-z0-9_]+)` +\| (\w+) +\|/gm)].map(([, name = '', type]) => [
    name,
    type,
  ]),
)

/** The metrics that expressions name, as the table names them: a histogram stands there without its parts. */
function namedIn(expressions: readonly string[]): Set<string> {
  const words = expressions.flatMap((text) => text.match(/\b(?:plasma_guard|process|nodejs)_[a-z0-9_]+/g) ?? [])
  return new Set(
    words.map((word) => {
      const whole = word.replace(/_(bucket|sum|count)$/, '')
      return documented.get(whole) === 'histogram' ? whole : word
    }),
  )
}

type Rule = {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; todo: string }
}
type Rules = { groups: { rules: Rule[] }[] }
type RuleTests = { rule_files: string[]; tests: { alert_rule_test: { alertname: string; exp_alerts?: object[] }[] }[] }
type Board = { panels: { id: number; targets: { expr: string }[] }[]; templating: { list: { query: unknown }[] } }

const rules = (parse(read('deploy/prometheus/alerts.yml')) as Rules).groups.flatMap((group) => group.rules)

test('every alert rule asks for metrics that there are, and says what happened and what to do', () => {
  expect(rules.length).toBeGreaterThan(10)
  const names = namedIn(rules.map(({ expr }) => expr))
  expect(names.size).toBeGreaterThan(8)
  for (const name of names) expect([...documented.keys()]).toContain(name)
  for (const { labels, annotations } of rules) {
    expect(['warning', 'critical']).toContain(labels.severity)
    expect(annotations.summary).toMatch(/\.$/)
    expect(annotations.todo).toMatch(/\.$/)
  }
})

test('the tests of the rules speak of rules that there are, and see the worst of them fire', () => {
  const { tests, rule_files: files } = parse(read('deploy/prometheus/alerts.test.yml')) as RuleTests
  expect(files).toEqual(['alerts.yml'])
  const asserted = tests.flatMap(({ alert_rule_test: each }) => each)
  for (const { alertname } of asserted) expect(rules.map(({ alert }) => alert)).toContain(alertname)
  const fired = asserted.flatMap(({ alertname, exp_alerts: alerts = [] }) => (alerts.length > 0 ? [alertname] : []))
  expect(fired).toEqual(expect.arrayContaining(['PlasmaGuardDown', 'PlasmaGuardBlind', 'PlasmaGuardObligationOverdue']))
})

test('every panel of the Grafana board shows metrics that there are', () => {
  const board = JSON.parse(read('deploy/grafana/plasma-guard.json')) as Board
  const queries = board.templating.list.map(({ query }) => JSON.stringify(query))
  const names = namedIn([...board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...queries])
  expect(names.size).toBeGreaterThan(18)
  for (const name of names) expect([...documented.keys()]).toContain(name)
  expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length)
})
