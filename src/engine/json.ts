import { GuardError } from '../lib/errors.ts'

/** What may cross between a service and a process engine: JSON with double numbers and without null. */
export type JsonValue = string | number | boolean | JsonValue[] | JsonObject
export type JsonObject = { [key: string]: JsonValue }

/** Any JSON, also what does not cross. */
export type AnyJson = string | number | boolean | null | AnyJson[] | { [key: string]: AnyJson }

/** Far above every honest value, far below the end of the stack. */
const MAX_DEPTH = 64

const LONE_SURROGATE = /\p{Surrogate}/u

/**
 * A copy of a value as it would arrive at the other side of a MESG engine.
 *
 * @throws {@link NotJsonError} for what would not arrive: bigint, null, undefined, bytes, Date, Map, function, NaN.
 */
export function toJsonObject(value: unknown): JsonObject {
  if (!isPlainObject(value)) throw new NotJsonError('', nameOf(value))
  return copyObject(value, '', 0)
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && !Array.isArray(value)
}

function copy(value: unknown, path: string, depth: number): JsonValue {
  if (depth > MAX_DEPTH) throw new NotJsonError(path, `nested deeper than ${MAX_DEPTH} levels`)
  if (isScalar(value)) return value
  if (Array.isArray(value)) return Array.from(value, (item, at) => copy(item, `${path}[${at}]`, depth + 1))
  if (isPlainObject(value)) return copyObject(value, path, depth)
  throw new NotJsonError(path, nameOf(value))
}

function isScalar(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return !LONE_SURROGATE.test(value)
  return typeof value === 'boolean' || Number.isFinite(value)
}

function copyObject(value: Record<string, unknown>, path: string, depth: number): JsonObject {
  const prefix = path === '' ? '' : `${path}.`
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item, `${prefix}${key}`, depth + 1)]))
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'object') return value.constructor.name
  if (typeof value === 'string' && LONE_SURROGATE.test(value)) return 'text that is not Unicode'
  return typeof value === 'number' ? String(value) : typeof value
}

/** A value that a MESG engine would refuse, lose or change on the way. */
export class NotJsonError extends GuardError {
  override readonly code = 'NOT_JSON'

  constructor(path: string, found: string) {
    super(`${path === '' ? 'The value' : path} cannot cross a process engine: ${found}.`, { path, found })
  }
}
