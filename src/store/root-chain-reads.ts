import type Sqlite from 'better-sqlite3'
import type { ExitGameEvent } from '../exit-game/contract-event.ts'
import type { Hash, Timestamp } from '../plasma/units.ts'
import type { ChainEvent, Facts, Step } from '../watcher/facts.ts'
import type { Head, UnreadableEvent } from '../watcher/root-chain.ts'
import { blockKey, NOWHERE } from './keys.ts'
import { decodePayload } from './payload.ts'
import { intact } from './store-fault.ts'

type TipRow = { number: bigint; hash: string; timestamp: bigint }
type UnreadableRow = { height: bigint; tx_hash: string; what: string }
type SubmissionRow = { root: string; timestamp: bigint }

export type RootChainReads = Pick<
  Facts,
  'tips' | 'eventsFrom' | 'exitGameEvents' | 'unreadable' | 'ahead' | 'submitted' | 'timeOf'
> & {
  event: (id: number) => ChainEvent | undefined
  /** The first event that the ledger has not come to yet, with its row. */
  next: () => { id: number; event: Step } | undefined
}

/** What was read of the root chain. */
export function createRootChainReads(database: Sqlite.Database): RootChainReads {
  const tips = database.prepare<[], TipRow>('select * from tips order by number').safeIntegers()
  const from = database.prepare<[bigint], string>('select payload from events where height >= ? order by id').pluck()
  const unreadable = database.prepare<[], UnreadableRow>('select * from unreadable order by id').safeIntegers()
  const submission = database
    .prepare<[number], SubmissionRow>('select root, timestamp from submissions where blknum = ?')
    .safeIntegers()
  const depositTime = database
    .prepare<[number], bigint>('select timestamp from deposits where blknum = ?')
    .pluck()
    .safeIntegers()
  const event = database.prepare<[number], string>('select payload from events where id = ?').pluck()
  const ofGame = database
    .prepare<[number], string>(
      `select payload from events where type not in ('BlockSubmitted', 'DepositCreated') order by id limit -1 offset ?`,
    )
    .pluck()
  const ahead = database.prepare<[number], { id: number; payload: string }>(
    `select id, payload from events
    where type in ('BlockSubmitted', 'ExitFinalized', 'InFlightExitWithdrawn')
      and id > (select cast(value as integer) from meta where name = 'cursor') order by id limit ?`,
  )
  return {
    tips: () => tips.all().map(readTip),
    eventsFrom: (height) => from.all(height).map(readEvent),
    exitGameEvents: (skip = 0) => ofGame.all(skip).map(readEvent) as ExitGameEvent[],
    unreadable: () => unreadable.all().map(readUnreadable),
    ahead: (most = -1) => ahead.all(most).map(({ payload }) => readEvent(payload) as Step),
    next: () => {
      const row = ahead.get(1)
      return row && { id: row.id, event: readEvent(row.payload) as Step }
    },
    event: (id) => {
      const payload = event.get(id)
      return payload === undefined ? undefined : readEvent(payload)
    },
    submitted: (blknum) => {
      const row = submission.get(blockKey(blknum) ?? NOWHERE)
      return row && { root: row.root as Hash, timestamp: row.timestamp as Timestamp }
    },
    timeOf: (blknum) => {
      const key = blockKey(blknum) ?? NOWHERE
      return (submission.get(key)?.timestamp ?? depositTime.get(key)) as Timestamp | undefined
    },
  }
}

function readTip({ number, hash, timestamp }: TipRow): Head {
  return { number, hash: hash as Hash, timestamp: timestamp as Timestamp }
}

function readUnreadable({ height, tx_hash, what }: UnreadableRow): UnreadableEvent {
  return { blockNumber: height, txHash: tx_hash as Hash, what }
}

function readEvent(payload: string): ChainEvent {
  return intact('an event cannot be read', () => decodePayload(payload) as ChainEvent)
}
