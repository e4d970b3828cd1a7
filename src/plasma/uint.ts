/**
 * The number that big-endian bytes spell, all of them or those from `start` to before `end`; no bytes are 0. Fast where
 * it is small, as amounts and positions are.
 */
export function readUint(bytes: Uint8Array, start = 0, end = bytes.length): bigint {
  let at = start
  while (at < end && bytes[at] === 0) at++
  let value = BigInt(readSmall(bytes, at, Math.min(at + 6, end)))
  for (at += 6; at < end; at += 6) {
    const to = Math.min(at + 6, end)
    value = (value << BigInt(8 * (to - at))) + BigInt(readSmall(bytes, at, to))
  }
  return value
}

/** Writes a number big-endian so that it ends before `end`; what is left of it must hold zeros already. */
export function writeUint(value: bigint, bytes: Uint8Array, end: number): void {
  let at = end
  let rest = value
  while (rest >= 0x1000000000000n) {
    at = writeSmall(Number(rest & 0xffffffffffffn), bytes, { end: at, size: 6 })
    rest >>= 48n
  }
  writeSmall(Number(rest), bytes, { end: at, size: 0 })
}

/** The fewest big-endian bytes of a number, none for 0, as RLP wants it. */
export function minimalUint(value: bigint): Uint8Array {
  let size = 0
  for (let rest = value; rest > 0n; rest >>= 8n) size++
  const bytes = new Uint8Array(size)
  writeUint(value, bytes, size)
  return bytes
}

function readSmall(bytes: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 256 + (bytes[at] ?? 0)
  return value
}

function writeSmall(value: number, bytes: Uint8Array, { end, size }: { end: number; size: number }): number {
  let at = end
  for (let rest = value; rest > 0 || end - at < size; rest = Math.floor(rest / 256)) bytes[--at] = rest % 256
  return at
}
