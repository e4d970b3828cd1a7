import type { Report, YamlPath } from './finding.ts'
import type { Parameter, Parameters } from './parameter.ts'
import { isConstantMap, isReference } from './process-definition.ts'
import type { Reference, Step, Value } from './process-definition.ts'
import { parseReferencePath } from './reference-path.ts'
import { fieldOf, misfit, nameOf, shapeAt } from './shape.ts'
import type { Shape } from './shape.ts'

/** The steps so far, and what the data behind each looks like; undefined when the service does not say. */
export type Flow = readonly { step: Step; data: Parameters | undefined }[]

/** `flow`: the steps before the task; `at`: its own place. */
type Scope = { at: number; flow: Flow; report: Report }

const PATH = /^[^.[\]]+(?:\[\d\])*(?:\.[^.[\]]+(?:\[\d\])*)*$/

/** Every input is declared, given when it must be, and of the declared type. */
export function lintInputs(inputs: Record<string, Value>, declared: Parameters | undefined, scope: Scope): void {
  checkFields(inputs, declared, { ...scope, path: ['steps', scope.at, 'inputs'] })
}

type Place = Scope & { path: YamlPath }

function checkFields(fields: Record<string, Value>, declared: Parameters | undefined, place: Place): void {
  for (const [key, value] of Object.entries(fields)) {
    const wanted = fieldOf(declared, key)
    const path = [...place.path, key]
    if (declared && !wanted) place.report(path, 'unknown-input', `${key} is not declared`)
    checkValue(value, wanted, { ...place, path })
  }
  const required = Object.entries(declared ?? {}).filter(([, { optional }]) => !optional)
  for (const [key] of required) {
    if (!Object.hasOwn(fields, key)) place.report(place.path, 'missing-input', `${key} is required`)
  }
}

/** `wanted` is undefined where nothing is declared. */
function checkValue(value: Value, wanted: Parameter | undefined, place: Place): void {
  if (value === null) {
    place.report(place.path, 'null-constant', 'null arrives as 0 or not at all; leave the input out')
  } else if (Array.isArray(value)) {
    checkList(value, wanted, place)
  } else if (isConstantMap(value)) {
    checkObject(value, wanted, place)
  } else {
    checkScalar(value, wanted, place)
  }
}

function checkScalar(value: string | number | boolean, wanted: Parameter | undefined, place: Place): void {
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    place.report(place.path, 'unsafe-number', 'numbers are doubles here and this one is rounded; write it as text')
  }
  checkFit({ type: scalarType(value) }, wanted, place)
}

function checkList(items: readonly Value[], wanted: Parameter | undefined, place: Place): void {
  if (wanted && wanted.type !== 'Any' && !wanted.repeated) {
    place.report(place.path, 'input-type', `is a list, not ${nameOf(wanted)}`)
  }
  const item = wanted?.repeated ? { ...wanted, repeated: false } : undefined
  items.forEach((value, at) => {
    checkValue(value, item, { ...place, path: [...place.path, at] })
  })
}

function checkObject(value: Record<string, Value>, wanted: Parameter | undefined, place: Place): void {
  if (Object.hasOwn(value, 'key')) {
    checkReference(value, wanted, place)
    return
  }
  checkFit({ type: 'Object' }, wanted, place)
  checkFields(value, wanted?.type === 'Object' && !wanted.repeated ? wanted.object : undefined, place)
}

function checkFit(given: Shape, wanted: Parameter | undefined, { path, report }: Place): void {
  const problem = wanted && misfit(given, wanted)
  if (problem !== undefined) report(path, 'input-type', problem)
}

function checkReference(value: Record<string, Value>, wanted: Parameter | undefined, place: Place): void {
  const { path, report } = place
  if (!isPlainReference(value)) {
    report(path, 'constant-key', 'an object with a property key is read as a reference { key, stepKey }')
    return
  }
  if (!PATH.test(value.key)) {
    report(path, 'reference-path', `${value.key} is not a path like a.b[0].c, with indexes below 10`)
    return
  }
  const data = sourceOf(value, place)?.data
  const found = data && shapeAt(data, parseReferencePath(value.key))
  if (!found) return
  if (found.ok) checkFit(found.shape, wanted, place)
  else report(path, found.rule, `${value.key}: ${found.reason}`)
}

function isPlainReference(value: Record<string, Value>): value is Reference {
  const isPlain = Object.keys(value).every((property) => property === 'key' || property === 'stepKey')
  return isPlain && isReference(value) && (value.stepKey === undefined || typeof value.stepKey === 'string')
}

const UNNAMED_FILTER =
  'name the filter as stepKey: an older compiler refers to the step before it, which engines refuse'

/** A task is reached from anywhere behind it; a trigger or a filter only from the step right after it. */
function sourceOf({ stepKey }: Reference, { flow, path, report }: Place): Flow[number] | undefined {
  const last = flow.at(-1)
  if (stepKey === undefined || stepKey === '') {
    if (last?.step.type === 'filter') report(path, 'reference-scope', UNNAMED_FILTER)
    return last
  }
  const source = flow.findLast(({ step }) => step.key === stepKey)
  if (!source) {
    report(path, 'reference-scope', `there is no earlier step ${stepKey}`)
  } else if (source.step.type !== 'task' && source !== last) {
    report(path, 'reference-scope', `${stepKey} is a ${source.step.type}: only the step right after it can refer to it`)
    return undefined
  }
  return source
}

function scalarType(value: string | number | boolean): 'String' | 'Number' | 'Boolean' {
  if (typeof value === 'string') return 'String'
  return typeof value === 'number' ? 'Number' : 'Boolean'
}
