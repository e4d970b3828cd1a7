import type { EventJournal, Remembered, Silence } from '../events/journal.ts'
import type { Hash, Timestamp } from '../plasma/units.ts'
import type { Database } from './database.ts'

/** `silence`: JSON of a {@link Silence}, its height as a decimal string. */
type Row = { attempt: bigint; emitted_at: bigint; ended: bigint; silence: string | null }

/** Keeps which events were emitted and which are silent. */
export function createEventJournal(database: Database): EventJournal {
  database.exec(`create table if not exists events (
    identity text primary key, attempt integer not null, emitted_at integer not null, ended integer not null, silence text
  ) strict`)
  const select = database.prepare<[string], Row>('select * from events where identity = ?').safeIntegers()
  const silent = database.prepare<[], { identity: string }>('select identity from events where silence is not null')
  const upsert = database.prepare('insert or replace into events values (?, ?, ?, ?, ?)')
  return {
    recall: (identity) => Promise.resolve(decodeRow(select.get(identity))),
    remember: (identity, { attempt, emittedAt, ended, silence }) => {
      upsert.run(identity, attempt, emittedAt, ended ? 1 : 0, silence ? encodeSilence(silence) : null)
      return Promise.resolve()
    },
    silent: () => Promise.resolve(silent.all().map((row) => row.identity)),
  }
}

function decodeRow(row: Row | undefined): Remembered | undefined {
  if (!row) return undefined
  return {
    attempt: Number(row.attempt),
    emittedAt: row.emitted_at as Timestamp,
    ended: row.ended === 1n,
    ...(row.silence === null ? {} : { silence: decodeSilence(row.silence) }),
  }
}

function encodeSilence({ head, ...silence }: Silence): string {
  return JSON.stringify({ ...silence, number: head.number.toString(), hash: head.hash })
}

function decodeSilence(text: string): Silence {
  const { number, hash, ...rest } = JSON.parse(text) as Omit<Silence, 'head'> & { number: string; hash: Hash }
  return { ...rest, head: { number: BigInt(number), hash } }
}
