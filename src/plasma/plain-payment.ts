import { isZero, readAddress } from './address-bytes.ts'
import type { Output } from './output.ts'
import { readUint } from './uint.ts'
import type { UtxoPos, Wei } from './units.ts'

/** `rawStart`: where the items begin that the raw transaction has too. */
type PlainPayment = {
  signatures: readonly Uint8Array[]
  inputs: readonly UtxoPos[]
  outputs: readonly Output[]
  metadata: Uint8Array
  rawStart: number
}

/** A place in the bytes, and whether all before it was as it should be. */
type Cursor = { bytes: Uint8Array; at: number; plain: boolean }

const MOST = 4
const SIGNATURE = 65
const MAX_UINT = 32
/** RLP headers: of no bytes, and of strings of 20, 32 and 65 bytes. */
const NOTHING = 0x80
const ADDRESS_HEADER = 0x94
const WORD_HEADER = 0xa0
const SIGNATURE_HEADER = 0xb8

/**
 * Reads a signed payment that is encoded as everybody encodes it, in one pass and without a tree of items: at least twice
 * as fast as the decoder that knows what else is valid. Undefined says only that this one must be asked.
 */
export function readPlainPayment(bytes: Uint8Array): PlainPayment | undefined {
  const cursor = { bytes, at: 0, plain: true }
  const end = enterList(cursor)
  const signatures = readList(cursor, readSignature)
  const rawStart = cursor.at
  skip(cursor, 1)
  const inputs = readList(cursor, readInput)
  const outputs = readList(cursor, readOutput)
  skip(cursor, NOTHING)
  const metadata = readString(cursor, WORD_HEADER)
  demand(cursor, outputs.length > 0 && cursor.at === end && end === bytes.length)
  return cursor.plain ? { signatures, inputs, outputs, metadata, rawStart } : undefined
}

function demand(cursor: Cursor, condition: boolean): void {
  cursor.plain &&= condition
}

function skip(cursor: Cursor, byte: number): void {
  demand(cursor, cursor.bytes[cursor.at] === byte)
  cursor.at++
}

/** Steps over the header of a list, which must be the shortest. Returns where the list ends. */
function enterList(cursor: Cursor): number {
  const { bytes, at } = cursor
  const prefix = bytes[at] ?? 0
  const sizeLength = Math.max(prefix - 0xf7, 0)
  const size = sizeLength === 0 ? prefix - 0xc0 : Number(readUint(bytes, at + 1, at + 1 + sizeLength))
  demand(cursor, prefix >= 0xc0 && sizeLength <= 2 && size > (MIN_SIZES[sizeLength] ?? 0))
  cursor.at = at + 1 + sizeLength
  return cursor.at + size
}

/** A list's size is more than this, by how many bytes its header takes for it. */
const MIN_SIZES = [-1, 55, 255]

function readList<Item>(cursor: Cursor, readItem: (cursor: Cursor) => Item): Item[] {
  const end = enterList(cursor)
  const items: Item[] = []
  while (cursor.plain && cursor.at < end && items.length < MOST) items.push(readItem(cursor))
  demand(cursor, cursor.at === end)
  return items
}

/** A string of 55 bytes at most, which this header stands for. */
function readString(cursor: Cursor, header: number): Uint8Array {
  const start = cursor.at + 1
  skip(cursor, header)
  cursor.at = start + header - NOTHING
  return cursor.bytes.subarray(start, cursor.at)
}

function readSignature(cursor: Cursor): Uint8Array {
  skip(cursor, SIGNATURE_HEADER)
  skip(cursor, SIGNATURE)
  const start = cursor.at
  cursor.at = start + SIGNATURE
  return cursor.bytes.subarray(start, cursor.at)
}

function readInput(cursor: Cursor): UtxoPos {
  skip(cursor, WORD_HEADER)
  const start = cursor.at
  cursor.at = start + 32
  const utxoPos = readUint(cursor.bytes, start, cursor.at)
  demand(cursor, utxoPos > 0n)
  return utxoPos as UtxoPos
}

function readOutput(cursor: Cursor): Output {
  const end = enterList(cursor)
  const outputType = cursor.bytes[cursor.at++] ?? 0
  const innerEnd = enterList(cursor)
  const owner = readString(cursor, ADDRESS_HEADER)
  const currency = readString(cursor, ADDRESS_HEADER)
  const amount = readAmount(cursor)
  demand(cursor, cursor.at === end && innerEnd === end)
  demand(cursor, (outputType === 1 || outputType === 2) && !isZero(owner))
  return { outputType, owner: readAddress(owner), currency: readAddress(currency), amount }
}

/** 0 is no amount, and so neither are no bytes or those that begin with a zero. */
function readAmount(cursor: Cursor): Wei {
  const { bytes, at } = cursor
  const header = bytes[at] ?? 0
  const size = header - NOTHING
  const start = size < 0 ? at : at + 1
  cursor.at = size < 0 ? at + 1 : start + size
  const first = bytes[start] ?? 0
  demand(cursor, size !== 0 && size <= MAX_UINT && first > 0)
  demand(cursor, size !== 1 || first >= NOTHING)
  return readUint(bytes, start, cursor.at) as Wei
}
