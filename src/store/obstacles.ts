import type Sqlite from 'better-sqlite3'
import type { Hash, Timestamp } from '../plasma/units.ts'
import type { Draft, Facts } from '../watcher/facts.ts'
import type { ServedBlock } from '../watcher/operator.ts'
import type { Wanted } from '../watcher/wanted.ts'
import { blockKey, NOWHERE } from './keys.ts'
import { packList, unpackList } from './packed-list.ts'
import { intact } from './store-fault.ts'

type RejectedRow = { hash: string; number: string; transactions: Buffer }

export type Obstacles = Pick<Facts, 'missingSince' | 'rejected'> &
  Pick<Draft, 'missing' | 'found' | 'reject'> & {
    /** Forgets what was bad that was served for a block: something good was served since. */
    acquit: (wanted: Wanted) => void
  }

/** What keeps blocks from being applied. It rests on their roots, so a reorganisation takes nothing of it back. */
export function createObstacles(database: Sqlite.Database): Obstacles {
  const since = database
    .prepare<[number, string], bigint>('select since from missing where blknum = ? and root = ?')
    .pluck()
    .safeIntegers()
  const miss = database.prepare('insert or ignore into missing values (?, ?, ?)')
  const find = database.prepare('delete from missing where blknum = ? and root = ?')
  const served = database.prepare<[number, string], RejectedRow>(
    'select hash, number, transactions from rejected where blknum = ? and root = ?',
  )
  const reject = database.prepare('insert or replace into rejected values (?, ?, ?, ?, ?)')
  const acquit = database.prepare('delete from rejected where blknum = ? and root = ?')
  return {
    missingSince: ({ blknum, root }) => since.get(blockKey(blknum) ?? NOWHERE, root) as Timestamp | undefined,
    rejected: ({ blknum, root }) => {
      const row = served.get(blockKey(blknum) ?? NOWHERE, root)
      return row && readServed(row)
    },
    missing: ({ blknum, root }, at) => {
      const key = blockKey(blknum)
      if (key !== undefined) miss.run(key, root, at)
    },
    found: ({ blknum, root }) => {
      find.run(blockKey(blknum) ?? NOWHERE, root)
    },
    acquit: ({ blknum, root }) => {
      acquit.run(blockKey(blknum) ?? NOWHERE, root)
    },
    reject: ({ blknum, root }, { hash, blknum: number, transactions }) => {
      const key = blockKey(blknum)
      if (key !== undefined) reject.run(key, root, hash, number.toString(), packList(transactions))
    },
  }
}

function readServed({ hash, number, transactions }: RejectedRow): ServedBlock {
  return intact('a rejected block cannot be read', () => ({
    hash: hash as Hash,
    blknum: BigInt(number),
    transactions: unpackList(transactions),
  }))
}
