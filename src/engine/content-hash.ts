import { toHex } from '../lib/bytes.ts'
import type { Hex } from '../lib/bytes.ts'

type Content = string | number | boolean | null | readonly Content[] | { readonly [key: string]: Content }

/** SHA-256 over a value's content. The order of an object's keys does not count. */
export async function contentHash(content: Content): Promise<Hex> {
  const bytes = new TextEncoder().encode(JSON.stringify(content, sortKeys))
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}
