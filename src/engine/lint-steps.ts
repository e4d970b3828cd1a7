import type { YamlPath } from './finding.ts'
import type { LintedProcess } from './linted-process.ts'
import type { ProcessDefinition, Step } from './process-definition.ts'
import { PRINTABLE } from './schema-issues.ts'

const PROPERTIES = {
  trigger: ['key', 'type', 'instance', 'instanceHash', 'eventKey', 'taskKey'],
  filter: ['key', 'type', 'conditions'],
  task: ['key', 'type', 'instance', 'instanceHash', 'taskKey', 'inputs'],
}

/** The order of the steps, their names, and what stands in them. */
export function lintSteps(process: LintedProcess): void {
  const { definition, report } = process
  if (definition.name === '') report(['name'], 'name', 'a process needs a name')
  checkPrintable(definition, process)
  checkTriggers(definition, process)
  checkKeys(definition, process)
  definition.steps.forEach((step, at) => {
    for (const property of Object.keys(step).filter((key) => !PROPERTIES[step.type].includes(key))) {
      report(
        ['steps', at, property],
        'unknown-property',
        `a ${step.type} has no property ${property}; compilers ignore it`,
      )
    }
  })
  checkVariables(definition, [], process)
}

function checkPrintable({ name, key, steps }: ProcessDefinition, { report }: LintedProcess): void {
  const check = (path: YamlPath, text: string | undefined) => {
    if (!PRINTABLE.test(text ?? '')) report(path, 'printable', 'names and keys may hold printable ASCII only')
  }
  check(['name'], name)
  check(['key'], key)
  steps.forEach((step, at) => {
    check(['steps', at, 'key'], step.key)
  })
}

function checkTriggers({ steps }: ProcessDefinition, { report }: LintedProcess): void {
  if (steps[0]?.type !== 'trigger') report(['steps', 0], 'trigger-first', 'the first step must be the trigger')
  const later = steps.flatMap(({ type }, at) => (type === 'trigger' && at > 0 ? [at] : []))
  for (const at of later) report(['steps', at], 'single-trigger', 'a process has one trigger, its first step')
}

/** A task with inputs takes a second name, `<key>-inputs`, for the map before it. */
function checkKeys({ steps }: ProcessDefinition, { report }: LintedProcess): void {
  const taken = new Set<string>()
  steps.forEach((step, at) => {
    if (step.key === undefined || step.key === '') {
      report(['steps', at], 'step-key', 'a step needs a key; the default one changes when a step is added before it')
      return
    }
    const names = namesOf(step, step.key)
    if (names.some((name) => taken.has(name))) {
      report(['steps', at, 'key'], 'unique-key', `the key ${step.key} is taken by another step`)
    }
    for (const name of names) taken.add(name)
  })
}

function namesOf(step: Step, key: string): string[] {
  return step.type === 'task' && step.inputs !== undefined ? [key, `${key}-inputs`] : [key]
}

function checkVariables(value: unknown, path: YamlPath, process: LintedProcess): void {
  if (typeof value === 'string') checkVariable(value, path, process)
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key]
    if (key.includes('$(env:')) process.report(at, 'env-reference', 'a variable in a key is not replaced')
    checkVariables(item, at, process)
  }
}

/** Compilers read from the first `$(env:` of a line to its last `)`. */
function checkVariable(text: string, path: YamlPath, { report }: LintedProcess): void {
  if (!text.includes('$(env:') || /^[^$]*\$\(env:\w+\)[^$)]*$/.test(text)) return
  report(path, 'env-reference', 'a text may hold one $(env:NAME), and neither ) nor $ elsewhere')
}
