import { z } from 'zod'
import { GuardError } from '../lib/errors.ts'
import { substitute } from './environment.ts'
import type { Environment } from './environment.ts'
import { formatFinding } from './finding.ts'
import type { Rule, YamlPath } from './finding.ts'
import { reportIssues } from './schema-issues.ts'
import { readYaml } from './yaml-source.ts'
import type { YamlSource } from './yaml-source.ts'

/** A process as its YAML file says it: one trigger, then filters and tasks in a line. */
export type ProcessDefinition = z.infer<typeof definition>
export type Step = ProcessDefinition['steps'][number]
export type TaskStep = Extract<Step, { type: 'task' }>
export type TriggerStep = Extract<Step, { type: 'trigger' }>
/** What a task's input may be: a constant, a reference (an object with `key`), or a list or map of the same. */
export type Value = z.infer<typeof value>
/** Where a task's input comes from: a path into the data of an earlier step, the one before it by default. */
export type Reference = { key: string; stepKey?: string }

const word = z.string().regex(/^[a-zA-Z0-9_]+$/, 'may hold letters, digits and _ only')
const hash = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]+$/, 'must be a base58 hash')
const value = z.json().refine((json) => !hasStrangeKey(json), 'an object with a property key is a reference, by text')
const env = z.array(z.string()).refine((entries) => new Set(entries).size === entries.length, 'holds an entry twice')
const instance = z.looseObject({ src: z.string().optional(), service: hash.optional(), env: env.optional() })
const runsOn = { key: z.string().optional(), instance: instance.optional(), instanceHash: hash.optional() }

const trigger = z
  .looseObject({
    type: z.literal('trigger'),
    ...runsOn,
    eventKey: z.string().optional(),
    taskKey: z.string().optional(),
  })
  .refine(({ eventKey, taskKey }) => (eventKey === undefined) !== (taskKey === undefined), {
    error: 'a trigger names either an eventKey or a taskKey',
  })
const task = z.looseObject({
  type: z.literal('task'),
  ...runsOn,
  taskKey: z.string(),
  inputs: z.record(word, value).optional(),
})
const filter = z.looseObject({
  type: z.literal('filter'),
  key: z.string().optional(),
  conditions: z.record(word, z.string('only text can be compared on every engine'), {
    error: 'must be a map from field to text; lists of conditions run on newer engines only',
  }),
})

/** Any object with a `key` is a reference, never a constant. */
export function isReference(value: Value): value is Reference {
  return isConstantMap(value) && typeof value['key'] === 'string' && value['key'] !== ''
}

export function isConstantMap(value: Value): value is Record<string, Value> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The compilers take any true `key` for a reference, and fail on one that is not text. */
function hasStrangeKey(value: z.core.util.JSONType): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Object.values(value).some(hasStrangeKey)) return true
  return !Array.isArray(value) && Boolean(value['key']) && typeof value['key'] !== 'string'
}

/** What the compilers 0.2.0 and 0.3.1 both accept. */
const definition = z.strictObject({
  name: z.string(),
  key: z.string().optional(),
  steps: z
    .array(
      z
        .discriminatedUnion('type', [trigger, task, filter])
        .refine((step) => step.type === 'filter' || namesOneService(step), 'names its service by instance.src'),
    )
    .min(1),
})

function namesOneService({ instance, instanceHash }: z.infer<typeof trigger> | z.infer<typeof task>): boolean {
  if (instance === undefined) return instanceHash !== undefined
  return instanceHash === undefined && (instance.src === undefined) !== (instance.service === undefined)
}

/** A process file as the compilers see it, before any variable is filled in. */
export function readDefinition(file: string, text: string): YamlSource & { definition?: ProcessDefinition } {
  const source = readYaml(file, text)
  if (source.value === undefined) return source
  const parsed = definition.safeParse(source.value)
  if (!parsed.success) {
    reportIssues(parsed.error, source.report, ruleOf)
    return source
  }
  return { ...source, definition: parsed.data }
}

/** Which lint rule a breach of the schema belongs to. */
function ruleOf(path: YamlPath): Rule {
  if (path.length === 1 && path[0] === 'name') return 'name'
  if (path.includes('conditions')) return 'filter-form'
  if (path.includes('instance') || path.includes('instanceHash')) return 'instance'
  return 'schema'
}

/**
 * A process ready to be compiled. Variables are filled in everywhere but in `instance`: where a service runs is for
 * the MESG command line to know, the graph does not contain it.
 *
 * @throws {@link InvalidProcessError} when the compilers would not accept it.
 * @throws {@link MissingVariableError} when the environment lacks a variable.
 */
export function parseProcess(file: string, text: string, environment: Environment): ProcessDefinition {
  const { definition: found, findings } = readDefinition(file, text)
  if (!found || findings.length > 0) throw new InvalidProcessError(findings.map(formatFinding))
  const filled: unknown = {
    ...found,
    name: substitute(found.name, environment),
    steps: found.steps.map((step) => fill(step, environment)),
  }
  return definition.parse(filled)
}

function fill(step: Step, environment: Environment): unknown {
  return Object.fromEntries(
    Object.entries(step).map(([key, item]) => [key, key === 'instance' ? item : substitute(item, environment)]),
  )
}

/** A process that no MESG engine would create. */
export class InvalidProcessError extends GuardError {
  override readonly code = 'INVALID_PROCESS'

  constructor(problems: readonly string[], process?: string) {
    super(`The process${process === undefined ? '' : ` "${process}"`} is wrong:\n${problems.join('\n')}`, {
      problems: problems.length,
    })
  }
}
