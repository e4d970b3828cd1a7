import { toHex } from '../lib/bytes.ts'
import type { Fields } from './task.ts'

/** Fields as a process engine carries them: bytes as `0x` hex, positions and ids as decimal strings. */
export function onWire(fields: Readonly<Record<string, Uint8Array | bigint | number>>): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, written(value)]))
}

function written(value: Uint8Array | bigint | number): string | number {
  if (value instanceof Uint8Array) return toHex(value)
  return typeof value === 'bigint' ? value.toString() : value
}
