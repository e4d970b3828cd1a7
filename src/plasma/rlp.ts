/** What RLP holds: a string of bytes, or a list. */
export type RlpItem = Uint8Array | readonly RlpItem[]

/** `canonical` is false when another encoding of the same item exists and is the one to be hashed. */
type Decoded = { item: RlpItem; canonical: boolean }

type Header = { list: boolean; start: number; end: number; canonical: boolean }

const EMPTY = new Uint8Array(0)

/**
 * Reads RLP as the network's library does (ex_rlp 0.5.3), undefined where that one raises.
 *
 * It is laxer than the standard in two places, and a block that uses them is valid: items after the outer list belong
 * to that list, and a payload of exactly 55 bytes may have the long header. No bytes at all are an empty string.
 * Strings are views into `bytes`. Takes linear time and no recursion, whatever the nesting.
 */
export function decodeRlp(bytes: Uint8Array): Decoded | undefined {
  const top: RlpItem[] = []
  const open = [{ items: top, end: bytes.length }]
  let canonical = true
  let at = 0
  for (let list = open.at(-1); list; list = open.at(-1)) {
    if (at === list.end) {
      open.pop()
      continue
    }
    const header = readHeader(bytes, at, list.end)
    if (!header) return undefined
    canonical &&= header.canonical
    if (header.list) {
      const items: RlpItem[] = []
      list.items.push(items)
      open.push({ items, end: header.end })
      at = header.start
    } else {
      list.items.push(bytes.subarray(header.start, header.end))
      at = header.end
    }
  }
  return joinTop(top, canonical)
}

/** RLP in its canonical form. */
export function encodeRlp(item: RlpItem): Uint8Array {
  const bytes = new Uint8Array(encodedLength(item))
  write(item, bytes, 0)
  return bytes
}

/** A list whose payload, its encoded items, is there already. */
export function encodeRlpList(payload: Uint8Array): Uint8Array {
  const start = headerLength(payload.length)
  const bytes = new Uint8Array(start + payload.length)
  writeHeader({ list: true, length: payload.length }, bytes, 0)
  bytes.set(payload, start)
  return bytes
}

/** Where the payload of an encoded list starts. */
export function payloadStart(bytes: Uint8Array): number {
  const prefix = bytes[0] ?? 0
  return prefix > 0xf7 ? prefix - 0xf6 : 1
}

/** How many bytes an item takes in its canonical form. */
export function encodedLength(item: RlpItem): number {
  if (item instanceof Uint8Array) return isOwnHeader(item) ? 1 : headerLength(item.length) + item.length
  const payload = payloadLength(item)
  return headerLength(payload) + payload
}

function joinTop(top: readonly RlpItem[], canonical: boolean): Decoded | undefined {
  const [first = EMPTY, ...rest] = top
  if (rest.length === 0) return { item: first, canonical: canonical && top.length === 1 }
  return first instanceof Uint8Array ? undefined : { item: [...first, ...rest], canonical: false }
}

/** The header at `at`, undefined when it is malformed or its payload does not end before `end`. */
function readHeader(bytes: Uint8Array, at: number, end: number): Header | undefined {
  const prefix = byteAt(bytes, at)
  if (prefix < 0x80) return { list: false, start: at, end: at + 1, canonical: true }
  const list = prefix >= 0xc0
  const size = prefix - (list ? 0xc0 : 0x80)
  if (size > 55) return readLongHeader(bytes, { list, start: at + 1 + size - 55, end, lengthAt: at + 1 })
  const start = at + 1
  const needless = prefix === 0x81 && byteAt(bytes, start) < 0x80
  return needless || start + size > end ? undefined : { list, start, end: start + size, canonical: true }
}

function readLongHeader(
  bytes: Uint8Array,
  { list, start, end, lengthAt }: { list: boolean; start: number; end: number; lengthAt: number },
): Header | undefined {
  if (start > end || bytes[lengthAt] === 0) return undefined
  let length = 0
  // A length beyond what a number counts exactly is far beyond `end`, so the rounding cannot matter.
  for (let at = lengthAt; at < start; at++) length = length * 256 + byteAt(bytes, at)
  if (length < 55 || start + length > end) return undefined
  return { list, start, end: start + length, canonical: length > 55 }
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}

function isOwnHeader(text: Uint8Array): boolean {
  return text.length === 1 && byteAt(text, 0) < 0x80
}

function payloadLength(items: readonly RlpItem[]): number {
  let length = 0
  for (const item of items) length += encodedLength(item)
  return length
}

function headerLength(length: number): number {
  if (length <= 55) return 1
  let size = 2
  for (let rest = length; rest > 255; rest = Math.floor(rest / 256)) size++
  return size
}

function writeHeader({ list, length }: { list: boolean; length: number }, bytes: Uint8Array, at: number): number {
  const base = list ? 0xc0 : 0x80
  const start = at + headerLength(length)
  if (length <= 55) bytes[at] = base + length
  else {
    bytes[at] = base + 55 + start - at - 1
    let rest = length
    for (let to = start - 1; to > at; to--) {
      bytes[to] = rest % 256
      rest = Math.floor(rest / 256)
    }
  }
  return start
}

function write(item: RlpItem, bytes: Uint8Array, at: number): number {
  if (item instanceof Uint8Array) {
    const start = isOwnHeader(item) ? at : writeHeader({ list: false, length: item.length }, bytes, at)
    bytes.set(item, start)
    return start + item.length
  }
  let to = writeHeader({ list: true, length: payloadLength(item) }, bytes, at)
  for (const each of item) to = write(each, bytes, to)
  return to
}
