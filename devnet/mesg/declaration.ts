import { parse } from 'yaml'
import type { Struct, Value } from './wire.ts'

type Field = { type: string; optional?: boolean; repeated?: boolean; object?: Fields }
type Fields = Record<string, Field>

/** What an engine knows of a service. */
export type Declaration = {
  events?: Record<string, { data?: Fields }>
  tasks?: Record<string, { inputs?: Fields; outputs?: Fields }>
}

export function readDeclaration(yaml: string): Declaration {
  return parse(yaml) as Declaration
}

/** What is wrong with some data, as an engine words it; undefined when nothing is. */
export function complaintAbout(fields: Fields = {}, data: Struct | undefined): string | undefined {
  const complaints = Object.entries(fields).flatMap(([key, field]) => complaintsAbout(key, field, data?.fields?.[key]))
  return complaints.length > 0 ? complaints.join(', ') : undefined
}

function complaintsAbout(key: string, field: Field, value: Value | undefined): string[] {
  const isMissing = value === undefined || 'nullValue' in value
  if (isMissing) return field.optional ? [] : [`value of "${key}" is required`]
  const isRight = field.repeated ? isListOfKind(field, value) : isOfKind(field, value)
  return isRight ? [] : [`value of "${key}" is not ${field.repeated ? 'an array of' : 'a'} ${field.type}`]
}

function isListOfKind(field: Field, { listValue }: Value): boolean {
  return listValue !== undefined && (listValue.values ?? []).every((item) => isOfKind(field, item))
}

/** A value without a kind is of no kind: an engine does not take it for a missing one. */
function isOfKind({ type, object }: Field, value: Value): boolean {
  switch (type) {
    case 'String':
      return value.stringValue !== undefined
    case 'Number':
      return value.numberValue !== undefined
    case 'Boolean':
      return value.boolValue !== undefined
    case 'Object':
      return value.structValue !== undefined && complaintAbout(object, value.structValue) === undefined
    default:
      return Object.keys(value).length > 0
  }
}
