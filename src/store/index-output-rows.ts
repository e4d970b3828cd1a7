import type Sqlite from 'better-sqlite3'
import { toHex } from '../lib/bytes.ts'
import { addressBytes, readAddress } from '../plasma/address-bytes.ts'
import type { Output } from '../plasma/transaction.ts'
import { ETH, type Address, type Hash, type Timestamp, type UtxoPos } from '../plasma/units.ts'
import { decodeAmount } from './index-amount.ts'
import { firstPlaceIn, NOWHERE, PIECES, utxoPosAt } from './keys.ts'

/** An output with its history, as the Info API asks for it. */
export type IndexedOutput = Output & {
  utxoPos: UtxoPos
  creatingTxHash: Hash | undefined
  spendingTxHash: Hash | undefined
  createdAt: Timestamp
  changedAt: Timestamp
}

export const OUTPUT_COLUMNS = 'output, outputs.account, outputs.currency, outputs.amount, type, spender'
export type OutputRow = {
  output: number
  account: number
  currency: number
  amount: Buffer
  type: number
  spender: number | null
}

/** Reads rows of outputs, with what stands elsewhere of them. */
export function createOutputRows(reader: Sqlite.Database) {
  const address = reader.prepare<[number], Buffer>('select address from addresses where id = ?').pluck()
  const id = reader.prepare<[Uint8Array], number>('select id from addresses where address = ?').pluck()
  const hash = reader.prepare<[number], Buffer>('select hash from transactions where place = ?').pluck()
  const time = reader
    .prepare<[number, number], number>(
      'select timestamp from blocks where block = ? union all select timestamp from deposits where block = ?',
    )
    .pluck()

  /** Reads many rows: what they have in common is looked up once. */
  function rows(found: readonly OutputRow[]): IndexedOutput[] {
    const addressOf = once((key) => readAddressRow(address.get(key)))
    const hashOf = once((place) => readHashRow(hash.get(place)))
    const timeOf = once((block) => BigInt(time.get(block, block) ?? 0) as Timestamp)
    return found.map(({ output, account, currency, amount, type, spender }) => {
      const place = Math.floor(output / PIECES)
      const createdAt = timeOf(blockOf(place))
      return {
        utxoPos: utxoPosAt(output),
        outputType: type,
        owner: addressOf(account),
        currency: addressOf(currency),
        amount: decodeAmount(amount),
        creatingTxHash: hashOf(place),
        spendingTxHash: spender === null ? undefined : hashOf(spender),
        createdAt,
        changedAt: spender === null || spender < 0 ? createdAt : timeOf(blockOf(spender)),
      }
    })
  }

  return { rows, idOf: (owner: Address) => id.get(addressBytes(owner)) ?? NOWHERE }
}

export function blockOf(place: number): number {
  return Math.floor(place / firstPlaceIn(1))
}

function readAddressRow(bytes: Buffer | undefined): Address {
  return bytes ? readAddress(bytes) : ETH
}

function readHashRow(bytes: Buffer | undefined): Hash | undefined {
  return bytes && (toHex(bytes) as Hash)
}

function once<Answer>(ask: (key: number) => Answer): (key: number) => Answer {
  const known = new Map<number, Answer>()
  return (key) => {
    if (known.has(key)) return known.get(key) as Answer
    const answer = ask(key)
    known.set(key, answer)
    return answer
  }
}
