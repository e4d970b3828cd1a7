import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toRlp } from 'viem'
import { toHex } from '../../src/lib/bytes.ts'
import { decodeRlp, encodeRlp, type RlpItem } from '../../src/plasma/rlp.ts'

const items: fc.Arbitrary<RlpItem> = fc.letrec<{ item: RlpItem; list: RlpItem[] }>((tie) => ({
  item: fc.oneof({ maxDepth: 4 }, fc.uint8Array({ maxLength: 70 }), tie('list')),
  list: fc.array(tie('item'), { maxLength: 5 }),
})).item

/** Bytes that look like RLP more often than not. */
const nearlyRlp = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc
    .tuple(
      fc.array(items, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 3 }),
    )
    .map(([parts, edits]) => {
      const bytes = Uint8Array.from(parts.flatMap((part) => [...encodeRlp(part)]))
      for (const [at, byte] of edits) if (bytes.length > 0) bytes[at % bytes.length] = byte
      return bytes
    }),
  fc.uint8Array({ minLength: 55, maxLength: 55 }).map((payload) => Uint8Array.from([0xf8, 55, ...payload])),
)

/**
 * ex_rlp 0.5.3 as a model: it reads item after item, and what follows a list at the top is put behind that list's
 * items; what follows a string makes it raise.
 */
function modelTop(bytes: readonly number[]): RlpItem | undefined {
  const top = modelItems(bytes)
  if (!top) return undefined
  const [first = new Uint8Array(0), ...rest] = top
  if (rest.length === 0) return first
  return first instanceof Uint8Array ? undefined : [...first, ...rest]
}

function modelItems(bytes: readonly number[]): RlpItem[] | undefined {
  const [prefix, ...rest] = bytes
  if (prefix === undefined) return []
  if (prefix < 0x80) return then(Uint8Array.of(prefix), rest)
  const isString = prefix < 0xc0
  const size = prefix - (isString ? 0x80 : 0xc0)
  const payload = size <= 55 ? { length: size, bytes: rest } : modelLong(rest, size - 55)
  if (!payload || payload.bytes.length < payload.length) return undefined
  const own = payload.bytes.slice(0, payload.length)
  const others = payload.bytes.slice(payload.length)
  return isString ? modelString(own, others) : modelList(own, others)
}

function modelLong(rest: readonly number[], size: number): { length: number; bytes: number[] } | undefined {
  if (rest[0] === 0 || rest.length < size) return undefined
  const length = Number(`0x${Buffer.from(rest.slice(0, size)).toString('hex')}`)
  return length < 55 ? undefined : { length, bytes: rest.slice(size) }
}

function modelString(own: readonly number[], others: readonly number[]): RlpItem[] | undefined {
  const needless = own.length === 1 && own.every((byte) => byte < 0x80)
  return needless ? undefined : then(Uint8Array.from(own), others)
}

function modelList(own: readonly number[], others: readonly number[]): RlpItem[] | undefined {
  const inner = modelItems(own)
  return inner && then(inner, others)
}

function then(item: RlpItem, rest: readonly number[]): RlpItem[] | undefined {
  const others = modelItems(rest)
  return others && [item, ...others]
}

function asHex(item: RlpItem): unknown {
  return item instanceof Uint8Array ? toHex(item) : item.map(asHex)
}

describe('reading and writing', () => {
  test('what was written is read again, and is canonical', () => {
    fc.assert(
      fc.property(items, (item) => {
        expect(decodeRlp(encodeRlp(item))).toEqual({ item, canonical: true })
      }),
    )
  })

  test('it is written as everybody writes it', () => {
    fc.assert(
      fc.property(items, (item) => {
        expect(toHex(encodeRlp(item))).toBe(toRlp(asHex(item) as `0x${string}`))
      }),
    )
  })

  test('a long string has a long header', () => {
    for (const length of [55, 56, 255, 256, 65_535, 65_536]) {
      const item = new Uint8Array(length).fill(9)

      expect(toHex(encodeRlp([item]))).toBe(toRlp([toHex(item)]))
      expect(decodeRlp(encodeRlp([item]))).toEqual({ item: [item], canonical: true })
    }
  })

  test('bytes are read as ex_rlp 0.5.3 reads them', () => {
    fc.assert(
      fc.property(nearlyRlp, (bytes) => {
        expect(decodeRlp(bytes)?.item).toEqual(modelTop([...bytes]))
      }),
      { numRuns: 1_000 },
    )
  })

  test('bytes that are called canonical are what their item is written as', () => {
    fc.assert(
      fc.property(nearlyRlp, (bytes) => {
        const decoded = decodeRlp(bytes)
        fc.pre(decoded !== undefined)
        expect(toHex(encodeRlp(decoded.item)) === toHex(bytes)).toBe(decoded.canonical)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('where the network is lax, we are', () => {
  test('items behind the outer list belong to it', () => {
    expect(decodeRlp(Uint8Array.of(0xc1, 1, 2, 0xc0))).toEqual({
      item: [Uint8Array.of(1), Uint8Array.of(2), []],
      canonical: false,
    })
  })

  test('a payload of exactly 55 bytes may have the long header', () => {
    const payload = new Uint8Array(55).fill(7)

    expect(decodeRlp(Uint8Array.of(0xb8, 55, ...payload))).toEqual({ item: payload, canonical: false })
    expect(decodeRlp(Uint8Array.of(0xb8, 54, ...payload.subarray(1)))).toBeUndefined()
  })

  test('no bytes are an empty string', () => {
    expect(decodeRlp(new Uint8Array(0))).toEqual({ item: new Uint8Array(0), canonical: false })
  })
})

describe('hostile bytes take no more time than honest ones', () => {
  test('lists in lists in lists', () => {
    const headers: number[][] = []
    let size = 0
    while (headers.length < 100_000) {
      const header = listHeader(size)
      headers.push(header)
      size += header.length
    }
    const nested = Uint8Array.from(headers.reverse().flat())

    expect(decodeRlp(nested)?.canonical).toBe(true)
    expect(decodeRlp(nested.subarray(0, -1))).toBeUndefined()
  })

  test('a million empty lists', () => {
    expect(decodeRlp(new Uint8Array(1_000_000).fill(0xc0))?.item).toHaveLength(999_999)
  })

  test('a length beyond all memory', () => {
    for (const prefix of [0xbf, 0xff]) {
      expect(decodeRlp(Uint8Array.of(prefix, ...new Uint8Array(8).fill(255), 1, 2, 3))).toBeUndefined()
      expect(decodeRlp(Uint8Array.of(prefix, 0x7f))).toBeUndefined()
      expect(decodeRlp(Uint8Array.of(prefix))).toBeUndefined()
    }
  })
})

function listHeader(size: number): number[] {
  if (size <= 55) return [0xc0 + size]
  if (size < 256) return [0xf8, size]
  return size < 65_536 ? [0xf9, size >> 8, size & 255] : [0xfa, size >> 16, (size >> 8) & 255, size & 255]
}
