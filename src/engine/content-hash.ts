import { toHex } from '../lib/bytes.ts'
import type { Hex } from '../lib/bytes.ts'
import type { JsonValue } from './json.ts'

/** SHA-256 over a value's content. The order of an object's keys does not count. */
export async function contentHash(value: JsonValue): Promise<Hex> {
  const bytes = new TextEncoder().encode(canonical(value))
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? '')}`).join(',')}}`
}
