/** A JSON Schema (2020-12), as OpenAPI 3.1 describes parameters and answers. */
export type Schema = Readonly<Record<string, unknown>>

/** An integer of any size: JSON sets no bound, and elixir-omg writes amounts of 256 bits as they are. */
export const integer: Schema = { type: 'integer' }
export const text: Schema = { type: 'string' }
export const truth: Schema = { type: 'boolean' }
export const hexText: Schema = { type: 'string', pattern: '^0x([0-9a-f]{2})*$' }
export const addressText = hexTextOf(20)
export const hashText = hexTextOf(32)
export const timeText: Schema = { type: 'string', format: 'date-time' }

/** `0x` text of so many bytes. */
export function hexTextOf(bytes: number): Schema {
  return { type: 'string', pattern: `^0x[0-9a-f]{${String(2 * bytes)}}$` }
}

/** An object with exactly these properties. */
export function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

/** An object with at least these properties. */
export function atLeast(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties) }
}

export function list(items: Schema): Schema {
  return { type: 'array', items }
}

export function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] }
}
