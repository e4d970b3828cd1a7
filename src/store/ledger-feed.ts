import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { LedgerEvent } from '../exit-game/contract-event.ts'
import type { Hash, Timestamp } from '../plasma/units.ts'
import type { FeedBlock, FeedDeposit, LedgerFeed } from './index-feed.ts'
import { firstPlaceIn } from './keys.ts'
import { outputIn } from './packed-outputs.ts'
import { decodePayload } from './payload.ts'

type BlockRow = { blknum: number; transactions: number; root: string; timestamp: number; payload: string }
type DepositRow = { id: number; payload: string }
type TransactionRow = { place: number; bytes: Buffer }
type ExitRow = { output: number; height: number }

const BLOCK = `select blknum, transactions, root, timestamp, payload
  from blocks join submissions using (blknum) join events on id = event`
const DEPOSITS_AT_ONCE = 500

/** The feed of the ledger in a data directory, which somebody else has opened and writes. */
export function openLedgerFeed(dataDirectory: string): { feed: LedgerFeed; close: () => void } {
  const reader = new Sqlite(join(dataDirectory, 'ledger.sqlite'), { timeout: 5_000, readonly: true })
  const close = () => {
    reader.close()
  }
  return { feed: createLedgerFeed(reader), close }
}

/** What the index follows, read from the ledger's own store through a connection that does not write. */
export function createLedgerFeed(reader: Sqlite.Database): LedgerFeed {
  const exits = reader.prepare<[number], ExitRow>(
    'select output, height from spends where height is not null and height >= ?',
  )
  const exitCount = reader.prepare<[], number>('select count(*) from spends where height is not null').pluck()
  return {
    revision: () => Number(reader.pragma('data_version', { simple: true })),
    ...createBlockFeed(reader),
    ...createDepositFeed(reader),
    exitsFrom: (height) => exits.all(height),
    exitCount: () => exitCount.get() ?? 0,
  }
}

function createBlockFeed(reader: Sqlite.Database): Pick<LedgerFeed, 'blockAfter' | 'block' | 'transactions'> {
  const next = reader.prepare<[number], BlockRow>(`${BLOCK} where blknum > ? order by blknum limit 1`)
  const one = reader.prepare<[number], BlockRow>(`${BLOCK} where blknum = ?`)
  const transactions = reader.prepare<[number, number, number], TransactionRow>(
    'select place, bytes from transactions where place >= ? and place < ? order by place limit ?',
  )
  return {
    blockAfter: (after) => readBlock(next.get(after)),
    block: (number) => readBlock(one.get(number)),
    transactions: (from, most) => {
      const block = Math.floor(from / firstPlaceIn(1))
      return transactions.all(from, firstPlaceIn(block + 1), most)
    },
  }
}

function createDepositFeed(reader: Sqlite.Database): Pick<LedgerFeed, 'depositsAfter' | 'hashOfEvent'> {
  const after = reader.prepare<[number, number], DepositRow>(
    `select id, payload from events where id > ? and type = 'DepositCreated' order by id limit ?`,
  )
  const event = reader.prepare<[number], string>('select payload from events where id = ?').pluck()
  const packedAt = reader.prepare<[number], Buffer>('select packed from outputs where place = ?').pluck()

  function readDeposit({ id, payload }: DepositRow): FeedDeposit {
    const { blknum, blockNumber, blockHash, timestamp, occurrence } = readEvent(payload) as DepositCreated
    const block = Number(blknum)
    const packed = packedAt.get(firstPlaceIn(block))
    return {
      id,
      block,
      ethHeight: Number(blockNumber),
      ethHash: blockHash,
      txHash: occurrence.txHash,
      logIndex: occurrence.rank,
      timestamp,
      output: packed && outputIn(packed, 0),
    }
  }

  return {
    depositsAfter: (id) => after.all(id, DEPOSITS_AT_ONCE).map(readDeposit),
    hashOfEvent: (id) => {
      const payload = event.get(id)
      return payload === undefined ? undefined : readEvent(payload).blockHash
    },
  }
}

type DepositCreated = Extract<LedgerEvent, { type: 'DepositCreated' }>

function readEvent(payload: string): LedgerEvent {
  return decodePayload(payload) as unknown as LedgerEvent
}

function readBlock(row: BlockRow | undefined): FeedBlock | undefined {
  if (!row) return undefined
  const { blockNumber, blockHash } = readEvent(row.payload)
  return {
    block: row.blknum,
    root: row.root as Hash,
    timestamp: BigInt(row.timestamp) as Timestamp,
    ethHeight: Number(blockNumber),
    ethHash: blockHash,
    transactions: row.transactions,
  }
}
