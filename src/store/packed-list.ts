/** Byte strings in one, each behind its length in four bytes. */
export function packList(items: readonly Uint8Array[]): Uint8Array {
  const packed = Buffer.alloc(items.reduce((length, item) => length + 4 + item.length, 0))
  let at = 0
  for (const item of items) {
    packed.writeUInt32BE(item.length, at)
    packed.set(item, at + 4)
    at += 4 + item.length
  }
  return packed
}

/** The inverse of {@link packList}: views into one copy of it. */
export function unpackList(packed: Buffer): Uint8Array[] {
  const bytes = new Uint8Array(packed)
  const items: Uint8Array[] = []
  for (let at = 0; at < packed.length;) {
    const start = at + 4
    at = start + packed.readUInt32BE(at)
    items.push(bytes.subarray(start, at))
  }
  return items
}
