import type { Rule } from './finding.ts'
import type { Parameter, Parameters } from './parameter.ts'
import type { ReferencePath } from './reference-path.ts'

/** What is known of some data before a process runs; undefined where anything may be. */
export type Shape = Parameter | undefined

export type Found = { ok: true; shape: Shape } | { ok: false; rule: Rule; reason: string }

const ANY: Parameter = { type: 'Any' }

/** What a reference will find in data that is declared so. */
export function shapeAt(fields: Parameters, path: ReferencePath): Found {
  let shape: Parameter = { type: 'Object', object: fields }
  for (const selector of path) {
    if (isAnything(shape)) return { ok: true, shape: undefined }
    const found = typeof selector === 'number' ? itemOf(shape, selector) : insideOf(shape, selector)
    if (!found.ok) return found
    shape = found.shape ?? ANY
  }
  return { ok: true, shape }
}

function itemOf(shape: Parameter, index: number): Found {
  if (!shape.repeated) return { ok: false, rule: 'input-type', reason: `[${index}] is asked of what is not a list` }
  return { ok: true, shape: { ...shape, repeated: false, optional: false } }
}

function insideOf(shape: Parameter, key: string): Found {
  if (shape.repeated || shape.type !== 'Object') {
    return { ok: false, rule: 'input-type', reason: `${key} is asked of what is not an object` }
  }
  if (shape.object === undefined) return { ok: true, shape: undefined }
  const field = fieldOf(shape.object, key)
  if (!field) return { ok: false, rule: 'unknown-field', reason: `there is no field ${key}` }
  if (!field.optional) return { ok: true, shape: field }
  const reason = `${key} is optional: where it is missing the step would be aborted`
  return { ok: false, rule: 'optional-reference', reason }
}

/** Why data of one shape does not fit a declaration, or undefined when it does or nobody can tell. */
export function misfit(given: Shape, wanted: Parameter): string | undefined {
  if (given === undefined || isAnything(given) || isAnything(wanted)) return undefined
  if (!isSameKind(given, wanted)) return `is ${nameOf(given)}, not ${nameOf(wanted)}`
  return given.object && wanted.object && misfitInside(given.object, wanted.object)
}

function isSameKind(given: Parameter, wanted: Parameter): boolean {
  if (Boolean(given.repeated) !== Boolean(wanted.repeated)) return false
  return given.type === wanted.type || given.type === 'Any' || wanted.type === 'Any'
}

function isAnything({ type, repeated }: Parameter): boolean {
  return type === 'Any' && !repeated
}

function misfitInside(given: Parameters, wanted: Parameters): string | undefined {
  for (const [key, field] of Object.entries(wanted)) {
    const found = fieldOf(given, key)
    if (!field.optional && !isSure(found)) return `may lack ${key}`
    const problem = found && misfit(found, field)
    if (problem !== undefined) return `holds ${key}, which ${problem}`
  }
  return undefined
}

function isSure(field: Shape): boolean {
  return field !== undefined && !field.optional
}

export function fieldOf(fields: Parameters | undefined, key: string): Parameter | undefined {
  return fields && Object.hasOwn(fields, key) ? fields[key] : undefined
}

export function nameOf({ type, repeated }: Parameter): string {
  return repeated ? `a list of ${type}` : `of type ${type}`
}
