import type Sqlite from 'better-sqlite3'
import type { Address } from '../plasma/units.ts'
import { addressBytes } from '../plasma/address-bytes.ts'
import { firstPlaceIn, PIECES } from './keys.ts'
import { ownerKey, ownerKeysIn } from './packed-outputs.ts'

/** A place, and the outputs there. */
type Row = [place: number, packed: Buffer]

/** Finds the outputs of an owner. */
export type Owners = {
  /** Keys of outputs, ascending, spent ones too; a few may be of another owner with the same key. */
  of: (owner: Address) => number[]
  /** How many transactions are not in the index. */
  behind: () => number
}

export type OwnersWrites = {
  add: (place: number, packed: Buffer) => void
  /** Takes the outputs of a place out, if they are in. */
  remove: (place: number, packed: Buffer) => void
  /** Takes note that blocks from a number on are not in the index. */
  moveBack: (block: number) => void
  /** Brings the index up to the last block, and calls `pause` now and then. */
  catchUp: (pause: () => Promise<void>) => Promise<void>
}

/** As many rows are read in one go. */
const AT_ONCE = 4_096
/** As many entries are written by one statement. */
const TOGETHER = 64

/**
 * An index that is written many blocks at a time: in the order of its own keys, so that a page is touched once rather
 * than once an output. What is not in it yet stands at the end of the outputs, and is looked through.
 */
export function createOwners(database: Sqlite.Database): Owners {
  const indexed = database
    .prepare<[number], number>('select output from owners where owner = ? order by output')
    .pluck()
  const upTo = database.prepare<[], number>(UP_TO).pluck()
  const behind = database
    .prepare<[number], number>('select coalesce(sum(transactions), 0) from blocks where blknum > ?')
    .pluck()
  const recent = database
    .prepare<[number, Uint8Array], Row>(
      'select place, packed from outputs where place >= ? and (place >> 16) % 1000 = 0 and instr(packed, ?) > 0',
    )
    .raw()
  return {
    of: (owner) => {
      const key = ownerKey(owner)
      const rows = recent.all(firstPlaceIn((upTo.get() ?? 0) + 1), addressBytes(owner))
      const late = rows.flatMap(([place, packed]) =>
        ownerKeysIn(packed).flatMap((each, index) => (each === key ? place * PIECES + index : [])),
      )
      return [...indexed.all(key), ...late].sort((left, right) => left - right)
    },
    behind: () => behind.get(upTo.get() ?? 0) ?? 0,
  }
}

const UP_TO = `select cast(value as integer) from meta where name = 'owners_to'`

export function createOwnersWrites(database: Sqlite.Database): OwnersWrites {
  const insert = database.prepare('insert into owners values (?, ?)')
  const insertMany = database.prepare(`insert into owners values ${Array(TOGETHER).fill('(?, ?)').join(', ')}`)
  const remove = database.prepare('delete from owners where owner = ? and output = ?')
  const move = database.prepare(`update meta set value = ? where name = 'owners_to'`)
  const upTo = database.prepare<[], number>(UP_TO).pluck()
  const blocks = database
    .prepare<[number], number>('select blknum from blocks where blknum > ? and transactions > 0 order by blknum')
    .pluck()
  const rows = database
    .prepare<[number, number], Row>(
      `select place, packed from outputs where place >= ? and place < ? order by place limit ${AT_ONCE}`,
    )
    .raw()

  async function read(pause: () => Promise<void>): Promise<Entries> {
    const entries: Entries = { owners: [], outputs: [], order: [], to: upTo.get() ?? 0 }
    for (const block of blocks.all(entries.to)) {
      if (entries.owners.length > MOST_ENTRIES / 2) break
      const end = firstPlaceIn(block + 1)
      for (let page = rows.all(firstPlaceIn(block), end); page.length > 0; page = rows.all(after(page), end)) {
        for (const row of page) note(entries, row)
        await pause()
      }
      entries.to = block
    }
    return entries
  }

  return {
    add: (place, packed) => {
      for (const [index, owner] of ownerKeysIn(packed).entries()) insert.run(owner, place * PIECES + index)
    },
    remove: (place, packed) => {
      for (const [index, owner] of ownerKeysIn(packed).entries()) remove.run(owner, place * PIECES + index)
    },
    moveBack: (block) => {
      move.run(String(Math.min(upTo.get() ?? 0, block - 1)))
    },
    catchUp: async (pause) => {
      const { owners, outputs, order, to } = await read(pause)
      const sorted = Array.from(Float64Array.from(order).sort(), (each) => each % MOST_ENTRIES)
      for (let done = 0; done < sorted.length; done += TOGETHER) {
        const pairs = sorted.slice(done, done + TOGETHER).flatMap((entry) => [owners[entry], outputs[entry]])
        if (pairs.length === 2 * TOGETHER) insertMany.run(pairs)
        else for (let at = 0; at < pairs.length; at += 2) insert.run(pairs[at], pairs[at + 1])
        if (done % AT_ONCE === 0) await pause()
      }
      move.run(String(to))
    },
  }
}

/**
 * What is to be written. `order`: the beginning of the owner's key and the entry's number in one, for sorting; `to`: the
 * last block of it.
 */
type Entries = { owners: number[]; outputs: number[]; order: number[]; to: number }

/** Two numbers must fit into one; a block makes an eighth of this. */
const MOST_ENTRIES = 2 ** 21

function note({ owners, outputs, order }: Entries, [place, packed]: Row): void {
  let output = place * PIECES
  for (const owner of ownerKeysIn(packed)) {
    order.push(Math.floor(owner / 2 ** 16) * MOST_ENTRIES + owners.length)
    owners.push(owner)
    outputs.push(output++)
  }
}

function after(page: readonly Row[]): number {
  return (page.at(-1)?.[0] ?? 0) + 1
}
