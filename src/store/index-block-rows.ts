import type Sqlite from 'better-sqlite3'
import type { Hash, Timestamp } from '../plasma/units.ts'
import { clampedSkip, type Slice } from './index-slice.ts'
import { blockKey, NOWHERE } from './keys.ts'

type BlockRow = { block: number; root: string; timestamp: number; eth_height: number; transactions: number }
type CountRow = { blocks: number; transactions: number | null; first: number; last: number }

export type IndexedBlock = {
  blknum: bigint
  root: Hash
  timestamp: Timestamp
  ethHeight: bigint
  transactions: number
}

/** Reads rows of blocks. */
export function createBlockRows(reader: Sqlite.Database) {
  const one = reader.prepare<[number], BlockRow>('select * from blocks where block = ?')
  const many = reader.prepare<[number, bigint], BlockRow>('select * from blocks order by block desc limit ? offset ?')
  const counts = reader.prepare<[bigint], CountRow>(
    `select count(*) blocks, sum(transactions) transactions, min(timestamp) first, max(timestamp) last
    from blocks where timestamp >= ?`,
  )
  return {
    block: (blknum: bigint) => {
      const row = one.get(blockKey(blknum) ?? NOWHERE)
      return row && read(row)
    },
    blocks: (slice: Slice) => many.all(slice.most, clampedSkip(slice)).map(read),
    counts: (since: Timestamp) => {
      const row = counts.get(since)
      if (!row || row.blocks === 0) return undefined
      const times = { first: BigInt(row.first) as Timestamp, last: BigInt(row.last) as Timestamp }
      return { blocks: row.blocks, transactions: row.transactions ?? 0, ...times }
    },
  }
}

function read({ block, root, timestamp, eth_height, transactions }: BlockRow): IndexedBlock {
  const time = BigInt(timestamp) as Timestamp
  return { blknum: BigInt(block), root: root as Hash, timestamp: time, ethHeight: BigInt(eth_height), transactions }
}
