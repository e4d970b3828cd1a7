import { writeAddress } from '../plasma/address-bytes.ts'
import type { Output } from '../plasma/transaction.ts'
import { readUint, writeUint } from '../plasma/uint.ts'
import { ETH, type Address, type Wei } from '../plasma/units.ts'

/*
 * The outputs of a transaction in one blob, each as: its type, the lengths of currency (0 for ether) and amount, the
 * owner, the currency, the amount.
 */

const OWNER_AT = 3
const HEAD = OWNER_AT + 20
const LONGEST = HEAD + 20 + 32

const scratch = Buffer.alloc(4 * LONGEST)

/** Packs outputs. What is returned holds until the next call. */
export function packOutputs(outputs: readonly Output[]): Buffer {
  let at = 0
  for (const { outputType, owner, currency, amount } of outputs) {
    const currencyLength = currency === ETH ? 0 : 20
    const amountLength = lengthOf(amount)
    const end = at + HEAD + currencyLength + amountLength
    scratch[at] = outputType
    scratch[at + 1] = currencyLength
    scratch[at + 2] = amountLength
    writeAddress(owner, scratch, at + OWNER_AT)
    if (currencyLength > 0) writeAddress(currency, scratch, at + HEAD)
    writeUint(amount, scratch, end)
    at = end
  }
  return scratch.subarray(0, at)
}

/** The output at an index, undefined when there are fewer. */
export function outputIn(packed: Buffer, index: number): Output | undefined {
  let at = 0
  for (let before = 0; before < index; before++) at = endOf(packed, at)
  const end = endOf(packed, at)
  if (at >= packed.length || end > packed.length) return undefined
  const amountAt = end - byte(packed, at + 2)
  return {
    outputType: byte(packed, at),
    owner: addressIn(packed, at + OWNER_AT, at + HEAD),
    currency: amountAt > at + HEAD ? addressIn(packed, at + HEAD, amountAt) : ETH,
    amount: readUint(packed.subarray(amountAt, end)) as Wei,
  }
}

/** What stands before an owner's index entries: six bytes of the owner, as a number. */
export function ownerKey(owner: Address): number {
  return Number(owner.slice(0, 14))
}

/** The {@link ownerKey} of every output. */
export function ownerKeysIn(packed: Buffer): number[] {
  const keys: number[] = []
  for (let at = 0; at + HEAD <= packed.length; at = endOf(packed, at)) keys.push(packed.readUIntBE(at + OWNER_AT, 6))
  return keys
}

function addressIn(packed: Buffer, from: number, to: number): Address {
  return `0x${packed.toString('hex', from, to)}` as Address
}

/** How many bytes an amount needs. */
function lengthOf(amount: Wei): number {
  if (amount > Number.MAX_SAFE_INTEGER) return Math.ceil(amount.toString(16).length / 2)
  const high = Math.floor(Number(amount) / 2 ** 32)
  const bits = high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(Number(amount))
  return Math.ceil(bits / 8)
}

function endOf(packed: Buffer, at: number): number {
  return at + HEAD + byte(packed, at + 1) + byte(packed, at + 2)
}

function byte(packed: Buffer, at: number): number {
  return packed[at] ?? 0
}
