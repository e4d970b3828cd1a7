import { parseHex } from '../lib/bytes.ts'
import type { Answer } from './answer.ts'

/** The named values of a request's body. */
export type Params = Readonly<Record<string, unknown>>

/** `validator` is the check that failed, printed as elixir-omg prints it; `within` names a part of the parameter. */
type Read<T> = { ok: true; value: T } | { ok: false; validator: string; within?: string }

/** Reads one parameter; what is missing arrives as undefined. */
export type Reader<T> = (value: unknown) => Read<T>

/** Bytes: `0x` and pairs of digits of either case. */
export const hex: Reader<Uint8Array> = (value) => {
  const bytes = typeof value === 'string' ? parseHex(value) : undefined
  return bytes ? { ok: true, value: bytes } : { ok: false, validator: ':hex' }
}

/** As many bytes as an address or a hash has. */
export function bytes(length: number): Reader<Uint8Array> {
  return (value) => {
    const read = hex(value)
    if (!read.ok || read.value.length === length) return read
    return { ok: false, validator: `{:length, ${String(length)}}` }
  }
}

/** An integer above a bound, of any size. */
export function integerAbove(bound: bigint): Reader<bigint> {
  return (value) => {
    if (typeof value !== 'bigint') return { ok: false, validator: ':integer' }
    return value > bound ? { ok: true, value } : { ok: false, validator: `{:greater, ${String(bound)}}` }
  }
}

/** A list whose every element the reader accepts; `element` is what elixir-omg calls one in its complaint. */
export function listOf<T>(reader: Reader<T>, element: string): Reader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return { ok: false, validator: ':list' }
    const items: T[] = []
    for (const each of value as readonly unknown[]) {
      const read = reader(each)
      if (!read.ok) return { ...read, within: element }
      items.push(read.value)
    }
    return { ok: true, value: items }
  }
}

/** The parameters of an operation, in the order in which they are checked. */
export type Shape = Readonly<Record<string, Reader<unknown>>>
export type Values<S extends Shape> = { readonly [Name in keyof S]: S[Name] extends Reader<infer T> ? T : never }

/** Reads the parameters of a shape, in its order; the first one that is wrong refuses the request. Others are ignored. */
export function readParams<S extends Shape>(
  params: Params,
  shape: S,
): { ok: true; values: Values<S> } | { ok: false; answer: Answer } {
  const values: Record<string, unknown> = {}
  for (const [name, reader] of Object.entries(shape)) {
    const read = reader(Object.hasOwn(params, name) ? params[name] : undefined)
    if (!read.ok) return { ok: false, answer: invalid(read.within ? `${name}.${read.within}` : name, read.validator) }
    values[name] = read.value
  }
  return { ok: true, values: values as Values<S> }
}

function invalid(parameter: string, validator: string): Answer {
  return {
    ok: false,
    refusal: {
      code: 'operation:bad_request',
      description: 'A parameter of this operation is missing or wrong.',
      messages: { validation_error: { parameter, validator } },
    },
  }
}
