import { toHex } from '../lib/bytes.ts'

/** As on elixir-omg's wire: bytes become `0x` hex, everything else stays what it is. */
export function onWire(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value)
  if (Array.isArray(value)) return value.map(onWire)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, onWire(item)]))
}
