import type Sqlite from 'better-sqlite3'
import type { Address } from '../plasma/units.ts'
import { blockKey, firstPlaceIn } from './keys.ts'

export type TransactionFilter = {
  owner: Address | undefined
  blknum: bigint | undefined
  metadata: Uint8Array | undefined
  txTypes: readonly bigint[] | undefined
  until: bigint | undefined
}

type Slice = { skip: bigint; most: number }
type Bound = number | bigint | string | Uint8Array
type Condition = { sql: string; bound: readonly Bound[] }

const PAYMENT = 1n
const MOST = BigInt(Number.MAX_SAFE_INTEGER)

/**
 * Finds the places of transactions that fit every filter, newest first. What is rare leads: metadata, then types other
 * than a payment's; else an owner. Everything else is looked up for what that finds.
 */
export function createTransactionSearch(reader: Sqlite.Database, idOf: (owner: Address) => number) {
  const youngest = reader
    .prepare<[bigint], number>(
      'select block from blocks where timestamp <= ? order by timestamp desc, block desc limit 1',
    )
    .pluck()
  const statements = new Map<string, Sqlite.Statement<Bound[], number>>()

  function prepared(sql: string): Sqlite.Statement<Bound[], number> {
    const statement = statements.get(sql) ?? reader.prepare<Bound[], number>(sql).pluck()
    statements.set(sql, statement)
    return statement
  }

  /** Between which places everything lies that these filters let through. */
  function between({ blknum, until }: TransactionFilter): Condition {
    const last = until === undefined ? Number(MOST) : firstPlaceIn((youngest.get(clamped(until)) ?? -1) + 1)
    const block = blknum === undefined ? undefined : (blockKey(blknum) ?? 0)
    const [from, before] = block === undefined ? [0, last] : [firstPlaceIn(block), firstPlaceIn(block + 1)]
    return { sql: 'place >= ? and place < ?', bound: [from, Math.min(before, last)] }
  }

  return (filter: TransactionFilter, { skip, most }: Slice): number[] => {
    const { owner } = filter
    const leads = owner !== undefined && !isRare(filter) ? 'owner' : 'transactions'
    const conditions = [between(filter), ...ofMetadata(filter), ...ofTypes(filter)]
    if (owner !== undefined) conditions.push({ sql: OWNED[leads], bound: [idOf(owner)] })
    const where = conditions.map(({ sql }) => sql).join(' and ')
    const sql = `select place from ${TABLES[leads]} where ${where} order by place desc limit ? offset ?`
    return prepared(sql).all(...conditions.flatMap(({ bound }) => bound), most, skip)
  }
}

const TABLES = { owner: 'activity cross join transactions using (place)', transactions: 'transactions' }
const OWNED = {
  owner: 'account = ?',
  transactions: 'exists (select 1 from activity where account = ? and activity.place = transactions.place)',
}

function ofMetadata({ metadata }: TransactionFilter): Condition[] {
  if (!metadata) return []
  return isEmpty(metadata)
    ? [{ sql: 'metadata is null and type = 1', bound: [] }]
    : [{ sql: 'metadata = ?', bound: [metadata] }]
}

function ofTypes({ txTypes }: TransactionFilter): Condition[] {
  if (!txTypes || txTypes.length === 0) return []
  const types = JSON.stringify(txTypes.map((type) => Number(clamped(type))))
  const among = { sql: 'type in (select value from json_each(?))', bound: [types] }
  return txTypes.includes(PAYMENT) ? [among] : [{ sql: 'type <> 1', bound: [] }, among]
}

function isRare({ metadata, txTypes }: TransactionFilter): boolean {
  if (metadata && !isEmpty(metadata)) return true
  return txTypes !== undefined && txTypes.length > 0 && !txTypes.includes(PAYMENT)
}

function isEmpty(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

/** What is greater than anything that can be meant is as good as the greatest. */
function clamped(value: bigint): bigint {
  return value < MOST ? value : MOST
}
