import { toHex } from './bytes.ts'

/** JSON of facts for a log or a set: bigints as decimal strings, bytes as hex. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'bigint') return each.toString()
    return each instanceof Uint8Array ? toHex(each) : each
  })
}
