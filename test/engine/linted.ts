import { expect } from '@jest/globals'
import { formatFinding } from '../../src/engine/finding.ts'
import { lintFiles } from '../../src/engine/lint.ts'
import type { Service } from '../../src/engine/service.ts'
import { bakery } from './bakery.ts'
import { unmark } from './marked.ts'

function lint(text: string, service: Service | undefined = bakery): string[] {
  return lintFiles([{ file: 'p.yml', text }], service).map(formatFinding)
}

/** Lints a text whose marks say where the findings stand, in order. */
export function expectFindings(marked: string, findings: readonly string[], service?: Service): void {
  const { text, places } = unmark(marked)
  expect(places).toHaveLength(findings.length)
  expect(lint(text, service)).toEqual(findings.map((finding, at) => `p.yml:${places[at]} ${finding}`))
}

/** One step a line, each with the instance that it must have. */
export function process(...steps: string[]): string {
  const lines = steps.map((step) =>
    /instance|filter/.test(step) ? step : step.replace(/ \}$/, ', instance: { src: ../, env: [A=1] } }'),
  )
  return `name: sale\nsteps:\n${lines.map((line) => `  - ${line}\n`).join('')}`
}
export const TRIGGER = '{ key: order, type: trigger, eventKey: ordered }'
export const BAKE = '{ key: bake, type: task, taskKey: bake, inputs: { id: { key: id } } }'
/** The same after a filter, which must be named. */
export const BAKE_RYE = BAKE.replace('key: id }', 'key: id, stepKey: only }')
export const SELL = '{ key: sell, type: task, taskKey: sell, inputs: { id: { key: id } } }'
export const RYE = '{ key: only, type: filter, conditions: { kind: rye } }'
export const sell = (inputs: string) => `{ key: sell, type: task, taskKey: sell, inputs: { ${inputs} } }`
export const tell = (value: string) => `{ key: tell, type: task, taskKey: tell, inputs: { ¦anything: ${value} } }`
export const filter = (conditions: string) => `{ key: only, type: filter, conditions: { ¦${conditions} } }`
export const on = (instance: string) => process(TRIGGER.replace('eventKey', `instance: ${instance}, eventKey`))
export const env = (entries: string) => on(`{ src: ../, env: [${entries}] }`)
