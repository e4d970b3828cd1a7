import { parseHex } from '../lib/bytes.ts'
import type { Answer } from './answer.ts'
import type { Schema } from './schema.ts'

/** The named values of a request's body. */
export type Params = Readonly<Record<string, unknown>>

/** `validator` is the check that failed, printed as elixir-omg prints it; `within` names a part of the parameter. */
type Read<T> = { ok: true; value: T } | { ok: false; validator: string; within?: string }

/** Reads one parameter; what is missing arrives as undefined. */
export type Reader<T> = { read: (value: unknown) => Read<T>; schema: Schema; isOptional?: true }

/** Bytes: `0x` and pairs of digits of either case. */
export const hex: Reader<Uint8Array> = {
  read: (value) => {
    const bytes = typeof value === 'string' ? parseHex(value) : undefined
    return bytes ? { ok: true, value: bytes } : { ok: false, validator: ':hex' }
  },
  schema: { type: 'string', pattern: '^0x([0-9a-fA-F]{2})*$' },
}

/** As many bytes as an address or a hash has. */
export function bytes(length: number): Reader<Uint8Array> {
  return {
    read: (value) => {
      const read = hex.read(value)
      if (!read.ok || read.value.length === length) return read
      return { ok: false, validator: `{:length, ${String(length)}}` }
    },
    schema: { type: 'string', pattern: `^0x[0-9a-fA-F]{${String(2 * length)}}$` },
  }
}

/** An integer above a bound, and below another where one is given; of any size. */
export function integerAbove(bound: bigint, below?: bigint): Reader<bigint> {
  return {
    read: (value) => {
      if (typeof value !== 'bigint') return { ok: false, validator: ':integer' }
      if (value <= bound) return { ok: false, validator: `{:greater, ${String(bound)}}` }
      if (below !== undefined && value >= below) return { ok: false, validator: `{:lesser, ${String(below)}}` }
      return { ok: true, value }
    },
    schema: {
      type: 'integer',
      exclusiveMinimum: Number(bound),
      ...(below !== undefined && { exclusiveMaximum: Number(below) }),
    },
  }
}

/** What may be missing, or null. */
export function optional<T>({ read, schema }: Reader<T>): Reader<T | undefined> {
  return {
    read: (value) => (value === undefined || value === null ? { ok: true, value: undefined } : read(value)),
    schema: { anyOf: [schema, { type: 'null' }] },
    isOptional: true,
  }
}

type Length = { least?: number; most?: number }

/** A list whose every element the reader accepts; `element` is what elixir-omg calls one in its complaint. */
export function listOf<T>(reader: Reader<T>, element: string, { least = 0, most }: Length = {}): Reader<readonly T[]> {
  return {
    read: (value) => {
      if (!Array.isArray(value)) return { ok: false, validator: ':list' }
      const items: T[] = []
      for (const each of value as readonly unknown[]) {
        const read = reader.read(each)
        if (!read.ok) return element === '' ? read : { ...read, within: joined(element, read.within) }
        items.push(read.value)
      }
      if (items.length < least) return { ok: false, validator: `{:min_length, ${String(least)}}` }
      if (most !== undefined && items.length > most) return { ok: false, validator: `{:max_length, ${String(most)}}` }
      return { ok: true, value: items }
    },
    schema: { type: 'array', items: reader.schema, minItems: least, ...(most !== undefined && { maxItems: most }) },
  }
}

/** An object with named values of its own. */
export function mapOf<S extends Shape>(shape: S): Reader<Values<S>> {
  return {
    read: (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: false, validator: ':map' }
      const read = readEach(value as Params, shape)
      return read.ok
        ? { ok: true, value: read.values }
        : { ok: false, validator: read.validator, within: read.parameter }
    },
    schema: shapeSchema(shape),
  }
}

/** The parameters of an operation, in the order in which they are checked. */
export type Shape = Readonly<Record<string, Reader<unknown>>>
export type Values<S extends Shape> = { readonly [Name in keyof S]: S[Name] extends Reader<infer T> ? T : never }

/** What a body of this shape looks like. */
export function shapeSchema(shape: Shape): Schema {
  const entries = Object.entries(shape)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
    required: entries.filter(([, { isOptional }]) => !isOptional).map(([name]) => name),
  }
}

/** Reads the parameters of a shape, in its order; the first one that is wrong refuses the request. Others are ignored. */
export function readParams<S extends Shape>(
  params: Params,
  shape: S,
): { ok: true; values: Values<S> } | { ok: false; answer: Answer } {
  const read = readEach(params, shape)
  return read.ok ? read : { ok: false, answer: invalid(read.parameter, read.validator) }
}

/** Refuses a request for one of its parameters; `validator` as elixir-omg prints the check that failed. */
export function invalid(parameter: string, validator: string): Answer {
  return {
    ok: false,
    refusal: {
      code: 'operation:bad_request',
      description: 'A parameter of this operation is missing or wrong.',
      messages: { validation_error: { parameter, validator } },
    },
  }
}

type Each<S extends Shape> = { ok: true; values: Values<S> } | { ok: false; parameter: string; validator: string }

function readEach<S extends Shape>(params: Params, shape: S): Each<S> {
  const values: Record<string, unknown> = {}
  for (const [name, { read: reader }] of Object.entries(shape)) {
    const read = reader(Object.hasOwn(params, name) ? params[name] : undefined)
    if (!read.ok) return { ok: false, parameter: joined(name, read.within), validator: read.validator }
    values[name] = read.value
  }
  return { ok: true, values: values as Values<S> }
}

function joined(name: string, within: string | undefined): string {
  return within === undefined ? name : `${name}.${within}`
}
