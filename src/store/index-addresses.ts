import type Sqlite from 'better-sqlite3'
import { addressBytes } from '../plasma/address-bytes.ts'
import type { Address } from '../plasma/units.ts'

export type IndexAddresses = {
  /** The number that stands for an address; it gets one when it has none. */
  idOf: (address: Address) => number
  /** To be called when what was written is taken back: numbers that were given then are nobody's. */
  forget: () => void
}

const MOST_REMEMBERED = 200_000

/** Numbers for addresses: keys of a few bytes instead of twenty. */
export function createIndexAddresses(writer: Sqlite.Database): IndexAddresses {
  const find = writer.prepare<[Uint8Array], number>('select id from addresses where address = ?').pluck()
  const add = writer.prepare<[Uint8Array]>('insert into addresses (address) values (?)')
  const known = new Map<Address, number>()
  return {
    idOf: (address) => {
      const remembered = known.get(address)
      if (remembered !== undefined) return remembered
      const bytes = addressBytes(address)
      const id = find.get(bytes) ?? Number(add.run(bytes).lastInsertRowid)
      if (known.size >= MOST_REMEMBERED) known.clear()
      known.set(address, id)
      return id
    },
    forget: () => {
      known.clear()
    },
  }
}
