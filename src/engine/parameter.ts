import { isJsonObject } from './json.ts'
import type { JsonObject, JsonValue } from './json.ts'

/** A declared field of an event, of a task's inputs or of its outputs, as `mesg.yml` writes it. */
export type Parameter = {
  name?: string | undefined
  description?: string | undefined
  type: 'String' | 'Number' | 'Boolean' | 'Object' | 'Any'
  optional?: boolean | undefined
  repeated?: boolean | undefined
  object?: Parameters | undefined
}
export type Parameters = { [key: string]: Parameter }

/**
 * What a MESG engine would say against some data, one sentence per wrong field; nothing when it would accept it.
 * Undeclared fields pass.
 */
export function checkParameters(parameters: Parameters, data: JsonObject): string[] {
  return Object.entries(parameters).flatMap(([key, parameter]) => {
    // Missing and null are the same to the engine; null cannot arrive here.
    if (!Object.hasOwn(data, key)) return parameter.optional ? [] : [`value of "${key}" is required`]
    const problem = checkValue(parameter, data[key] ?? '')
    return problem === undefined ? [] : [`value of "${key}" ${problem}`]
  })
}

function checkValue(parameter: Parameter, value: JsonValue): string | undefined {
  if (!parameter.repeated) return checkKind(parameter, value)
  if (!Array.isArray(value)) return 'is not a list'
  for (const item of value) {
    const problem = checkKind(parameter, item)
    if (problem !== undefined) return `holds an item that ${problem}`
  }
  return undefined
}

function checkKind({ type, object }: Parameter, value: JsonValue): string | undefined {
  if (type === 'Any') return undefined
  if (kindOf(value) !== type) return `is not ${NAMES[type]}`
  if (!isJsonObject(value)) return undefined
  return checkParameters(object ?? {}, value).map((problem) => `is wrong inside: ${problem}`)[0]
}

const NAMES = { String: 'a string', Number: 'a number', Boolean: 'a boolean', Object: 'an object' }

function kindOf(value: JsonValue): Parameter['type'] | 'List' {
  switch (typeof value) {
    case 'string':
      return 'String'
    case 'number':
      return 'Number'
    case 'boolean':
      return 'Boolean'
    default:
      return Array.isArray(value) ? 'List' : 'Object'
  }
}
