/** `mesg.protobuf.Value`, as it lies on the wire. A value without a kind is what an unset one looks like. */
export type Value = {
  nullValue?: unknown
  numberValue?: number
  stringValue?: string
  boolValue?: boolean
  structValue?: Struct
  listValue?: { values?: Value[] }
}
export type Struct = { fields?: Record<string, Value> }

/** A process as `@mesg/api` 0.2.0 sends it to an engine. */
export type WireProcess = { name: string; nodes: WireNode[]; edges: { src: string; dst: string }[] }
export type WireNode = {
  key: string
  event?: { instanceHash: Uint8Array; eventKey: string }
  result?: { instanceHash: Uint8Array; taskKey: string }
  task?: { instanceHash: Uint8Array; taskKey: string }
  map?: { outputs: Record<string, WireOutput> }
  filter?: { conditions: { key: string; predicate: number; value: string }[] }
}
export type WireOutput = {
  null?: number
  stringConst?: string
  doubleConst?: number
  boolConst?: boolean
  ref?: { nodeKey: string; path?: WirePath }
  list?: { outputs?: WireOutput[] }
  map?: { outputs?: Record<string, WireOutput> }
}
export type WirePath = { key?: string; index?: number; path?: WirePath }

export const Status = { inProgress: 2, completed: 3, failed: 4 } as const

/** A value as a person reads it; one without a kind is `{ '?': 'no kind' }`. */
function plain(value: Value): unknown {
  if (value.stringValue !== undefined) return value.stringValue
  if (value.numberValue !== undefined) return value.numberValue
  if (value.boolValue !== undefined) return value.boolValue
  if (value.structValue) return plainStruct(value.structValue)
  if (value.listValue) return (value.listValue.values ?? []).map(plain)
  return value.nullValue === undefined ? { '?': 'no kind' } : null
}

export function plainStruct(struct: Struct): Record<string, unknown> {
  return Object.fromEntries(Object.entries(struct.fields ?? {}).map(([key, value]) => [key, plain(value)]))
}
