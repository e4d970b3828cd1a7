import { z } from 'zod'
import { GuardError } from '../lib/errors.ts'
import type { Finding, Report, YamlPath } from './finding.ts'
import { formatFinding } from './finding.ts'
import type { Parameter, Parameters } from './parameter.ts'
import { PRINTABLE, reportIssues } from './schema-issues.ts'
import { readYaml } from './yaml-source.ts'

/** What a service offers: the events that it emits and the tasks that it runs, as `mesg.yml` declares them. */
export type Service = {
  name: string
  events: Record<string, { data: Parameters }>
  tasks: Record<string, { inputs: Parameters; outputs: Parameters }>
}

const text = z.string().regex(PRINTABLE, 'may hold printable ASCII only')
const key = z.string().regex(/^[a-zA-Z0-9_]+$/, 'may hold letters, digits and _ only')
const described = { name: text.optional(), description: text.optional() }

const parameter: z.ZodType<Parameter> = z
  .strictObject({
    ...described,
    type: z.enum(['String', 'Number', 'Boolean', 'Object', 'Any']),
    optional: z.boolean().optional(),
    repeated: z.boolean().optional(),
    object: z.lazy(() => z.record(key, parameter)).optional(),
  })
  .refine(({ type, object }) => object === undefined || type === 'Object', {
    path: ['object'],
    error: 'only a field of type Object may declare fields',
  })

const parameters = z.record(key, parameter).default({})
const unique = (items: readonly string[]) => new Set(items).size === items.length
const list = z.array(text).refine(unique, 'holds an entry twice').optional()
const env = z
  .array(text.regex(/^[a-zA-Z][a-zA-Z0-9_]*(?:=[^=]*)?$/, 'must be NAME or NAME=value, without = in the value'))
  .refine((entries) => unique(entries.map((entry) => entry.split('=', 1)[0] ?? '')), 'sets a name twice')
  .optional()
const path = z.string().regex(/^\/[\x20-\x7e]*$/, 'must be an absolute path')
const volumes = z.array(path).refine(unique, 'holds an entry twice').optional()
const container = {
  volumes,
  volumesFrom: list,
  ports: z.array(z.string().regex(/^\d+(?::\d+)?$/, 'must be "PORT" or "PORT:PORT"')).optional(),
  args: list,
  command: text.optional(),
  env,
}

/** At most 63 characters; letters, digits, - and _ in labels joined by dots, with a letter somewhere. */
const sid = z
  .string()
  .max(63)
  .regex(/^(?=.*[a-zA-Z])[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?(\.[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?)*$/, {
    error: 'must be a domain-like name',
  })

const definition = z.strictObject({
  sid: sid.optional(),
  name: text.min(1),
  description: text.optional(),
  repository: z.url().optional(),
  configuration: z.strictObject(container).optional(),
  dependencies: z.record(key, z.strictObject({ image: text.min(1), ...container })).optional(),
  tasks: z.record(key, z.strictObject({ ...described, inputs: parameters, outputs: parameters })).default({}),
  events: z.record(key, z.strictObject({ ...described, data: parameters })).default({}),
})

/** Everything wrong with a `mesg.yml`, and the service that it declares when nothing is. */
export function lintService(file: string, content: string): { findings: Finding[]; service?: Service } {
  const { value, findings, report } = readYaml(file, content)
  if (value === undefined) return { findings }
  const parsed = definition.safeParse(value)
  if (parsed.success) checkVariables(parsed.data, [], report)
  else reportIssues(parsed.error, report)
  return parsed.success && findings.length === 0 ? { findings, service: parsed.data } : { findings }
}

/** The compilers look for variables in every text, and know none when they read a service. */
function checkVariables(value: unknown, path: YamlPath, report: Report): void {
  if (typeof value === 'string' && value.includes('$(env:')) {
    report(path, 'env-reference', 'there are no variables in a service definition; compilers fail on them')
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) {
    checkVariables(item, [...path, Array.isArray(value) ? Number(key) : key], report)
  }
}

/** @throws {@link InvalidServiceError} naming every finding. */
export function parseService(file: string, content: string): Service {
  const { findings, service } = lintService(file, content)
  if (!service) throw new InvalidServiceError(findings)
  return service
}

/** A `mesg.yml` that declares no service. */
export class InvalidServiceError extends GuardError {
  override readonly code = 'INVALID_SERVICE'

  constructor(findings: readonly Finding[]) {
    super(`The service definition is wrong:\n${findings.map(formatFinding).join('\n')}`, { findings: findings.length })
  }
}
