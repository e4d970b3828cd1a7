import { NotJsonError } from '../engine/json.ts'
import type { JsonObject, JsonValue } from '../engine/json.ts'

/** `mesg.protobuf.Struct` and `Value`, as the protocol library takes and gives them. */
export type Struct = { fields?: { [key: string]: Value } | undefined }
type Value =
  | { numberValue: number }
  | { stringValue: string }
  | { boolValue: boolean }
  | { structValue: Struct }
  | { listValue: { values?: Value[] | undefined } }
  | { nullValue: number }
  | Record<string, never>

/** Every value of our JSON has a kind: what has none is taken by engines for something that is there and is nothing. */
export function encodeStruct(data: JsonObject): Struct {
  return { fields: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeValue(value)])) }
}

function encodeValue(value: JsonValue): Value {
  switch (typeof value) {
    case 'string':
      return { stringValue: value }
    case 'number':
      return { numberValue: value }
    case 'boolean':
      return { boolValue: value }
    default:
      return Array.isArray(value)
        ? { listValue: { values: value.map(encodeValue) } }
        : { structValue: encodeStruct(value) }
  }
}

/** @throws {@link NotJsonError} for a null, and for a value without a kind, which is how some libraries write one. */
export function decodeStruct(struct: Struct | null | undefined): JsonObject {
  return decodeFields(struct, '')
}

function decodeFields(struct: Struct | null | undefined, path: string): JsonObject {
  const prefix = path === '' ? '' : `${path}.`
  const entries = Object.entries(struct?.fields ?? {})
  return Object.fromEntries(entries.map(([key, value]) => [key, decodeValue(value, `${prefix}${key}`)]))
}

function decodeValue(value: Value, path: string): JsonValue {
  if ('stringValue' in value) return value.stringValue
  if ('numberValue' in value) return value.numberValue
  if ('boolValue' in value) return value.boolValue
  if ('structValue' in value) return decodeFields(value.structValue, path)
  if ('listValue' in value) return (value.listValue.values ?? []).map((item, at) => decodeValue(item, `${path}[${at}]`))
  throw new NotJsonError(path, 'null')
}
