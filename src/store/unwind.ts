import type Sqlite from 'better-sqlite3'
import { decodeSignedTransaction } from '../plasma/transaction.ts'
import { firstPlaceIn, outputKey } from './keys.ts'
import type { OwnersWrites } from './owners.ts'
import { unhashed, type Sightings } from './sightings.ts'

type Parts = { database: Sqlite.Database; owners: OwnersWrites; sightings: Pick<Sightings, 'sight'> }

type TransactionRow = { place: number; bytes: Buffer }
type OutputsRow = { place: number; packed: Buffer }

/** As many transactions are read at a time. */
const AT_ONCE = 1_000

/**
 * Takes back what the ledger made of the root chain above a height: what exits were paid, blocks from the newest on,
 * deposits. The transactions of those blocks are no part of it any more; their signatures stay, as sightings.
 */
export function createUnwind({ database, owners, sightings }: Parts): (height: bigint) => void {
  const forgetPayouts = database.prepare('delete from spends where height > ?')
  const newest = database
    .prepare<[], { blknum: bigint; height: bigint }>(
      'select blknum, height from blocks join events on id = event order by blknum desc limit 1',
    )
    .safeIntegers()
  const deposits = database.prepare<[bigint], number>('select blknum from deposits where height > ?').pluck()
  const transactions = database.prepare<[number, number], TransactionRow>(
    `select place, bytes from transactions where place > ? and place < ? order by place limit ${AT_ONCE}`,
  )
  const outputs = database.prepare<[number, number], OutputsRow>(
    `select place, packed from outputs where place > ? and place < ? order by place limit ${AT_ONCE}`,
  )
  const forgetSpend = database.prepare('delete from spends where output = ?')
  const forget = ['transactions', 'outputs'].map((table) =>
    database.prepare(`delete from ${table} where place >= ? and place < ?`),
  )
  const forgetBlock = database.prepare('delete from blocks where blknum = ?')
  const forgetDeposit = database.prepare('delete from deposits where blknum = ?')

  function unwindTransaction({ bytes }: TransactionRow): void {
    sightings.sight(new Uint8Array(bytes))
    const decoded = decodeSignedTransaction(new Uint8Array(bytes), unhashed)
    if (!decoded.ok) return
    for (const utxoPos of decoded.value.transaction.inputs) forgetSpend.run(outputKey(utxoPos))
  }

  /** All that stands at the places of a block. */
  function clear(block: number): void {
    const start = firstPlaceIn(block)
    const end = firstPlaceIn(block + 1)
    for (const row of pages(transactions, start, end)) unwindTransaction(row)
    for (const { place, packed } of pages(outputs, start, end)) owners.remove(place, packed)
    for (const statement of forget) statement.run(start, end)
  }

  return (height) => {
    forgetPayouts.run(height)
    for (let last = newest.get(); last && last.height > height; last = newest.get()) {
      const block = Number(last.blknum)
      clear(block)
      owners.moveBack(block)
      forgetBlock.run(block)
    }
    for (const block of deposits.all(height)) {
      clear(block)
      forgetDeposit.run(block)
    }
  }
}

/** Rows of a range of places, read before others of the same range are changed. */
function* pages<Row extends { place: number }>(
  rows: Sqlite.Statement<[number, number], Row>,
  start: number,
  end: number,
): Iterable<Row> {
  for (let page = rows.all(start - 1, end); page.length > 0; page = rows.all(page.at(-1)?.place ?? end, end))
    yield* page
}
