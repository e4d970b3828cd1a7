import { isJsonObject } from './json.ts'
import type { JsonObject, JsonValue } from './json.ts'

/** How a reference finds its way into some data: field names and list indexes. */
export type ReferencePath = (string | number)[]

export type Resolved = { ok: true; value: JsonValue } | { ok: false; reason: string }

/** Reads `a.b[0].c` as the MESG compilers do: an index has one digit, a longer one stays part of the field's name. */
export function parseReferencePath(text: string): ReferencePath {
  return text
    .replace(/\[\d\]/g, '.$&')
    .split('.')
    .map((selector) => (/^\[\d\]$/.test(selector) ? Number(selector[1]) : selector))
}

/** What a reference means in some data. What is not there is an error, there is no default. */
export function resolvePath(path: ReferencePath, data: JsonObject): Resolved {
  let value: JsonValue = data
  for (const selector of path) {
    const found: Resolved = typeof selector === 'number' ? item(value, selector) : field(value, selector)
    if (!found.ok) return found
    value = found.value
  }
  return { ok: true, value }
}

function field(value: JsonValue, key: string): Resolved {
  if (!isJsonObject(value)) return { ok: false, reason: `can't get key ${key} from a value that is not an object` }
  const found = Object.hasOwn(value, key) ? value[key] : undefined
  return found === undefined ? { ok: false, reason: `key ${key} not found` } : { ok: true, value: found }
}

function item(value: JsonValue, index: number): Resolved {
  if (!Array.isArray(value)) return { ok: false, reason: `can't get index ${index} from a value that is not a list` }
  const found = value[index]
  return found === undefined ? { ok: false, reason: `index ${index} out of range` } : { ok: true, value: found }
}
