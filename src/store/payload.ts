import { toHex } from '../lib/bytes.ts'

/** What may be kept as text: JSON's values, big integers and bytes. A field that is undefined is left out. */
export type Payload =
  | string
  | number
  | boolean
  | null
  | bigint
  | Uint8Array
  | readonly Payload[]
  | { readonly [key: string]: Payload | undefined }

/*
 * JSON, where a text that begins with one of these says more than itself. A text of which that happens to be true has a
 * `!` before it.
 */
const BIGINT = '#'
const BYTES = '~'
const TEXT = '!'

/** A value as text. */
export function encodePayload(value: Payload): string {
  return JSON.stringify(marked(value))
}

/** The inverse of {@link encodePayload}. */
export function decodePayload(text: string): Payload {
  return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? unmarked(value) : value)) as Payload
}

function marked(value: Payload | undefined): unknown {
  if (typeof value === 'bigint') return BIGINT + value.toString()
  if (typeof value === 'string') return isMarked(value) ? TEXT + value : value
  if (ArrayBuffer.isView(value)) return BYTES + toHex(value).slice(2)
  if (Array.isArray(value)) return value.map(marked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, marked(field)]))
}

function unmarked(text: string): string | bigint | Uint8Array {
  if (text.startsWith(BIGINT)) return BigInt(text.slice(1))
  if (text.startsWith(BYTES)) return new Uint8Array(Buffer.from(text.slice(1), 'hex'))
  return text.startsWith(TEXT) ? text.slice(1) : text
}

function isMarked(text: string): boolean {
  return text.startsWith(BIGINT) || text.startsWith(BYTES) || text.startsWith(TEXT)
}
