import { gravity, type Message } from '../notify/message.ts'
import type { Outbox, Waiting } from '../notify/outbox.ts'
import type { Database } from './database.ts'

/** `message`: JSON. `waiting`: 0 for what was said and is not over. */
type Row = {
  id: number
  channel: string
  matter: string
  message: string
  attempts: number
  queued_at: number
  next_at: number
}

/** Nobody reads more at once; the rest waits for the next look. */
const MOST_AT_ONCE = 1_000

/** Keeps what people were told, and what they are still to be told. */
export function createOutbox(database: Database): Outbox {
  createTable(database)
  const select = database.prepare<[string, string], { message: string }>(
    'select message from outbox where channel = ? and matter = ?',
  )
  const replace = database.prepare(
    'insert or replace into outbox (channel, matter, message, state, gravity, waiting, attempts, queued_at, next_at) values (?, ?, ?, ?, ?, 1, ?, ?, ?)',
  )
  const due = database.prepare<[string, number, number], Row>(
    'select * from outbox where channel = ? and waiting = 1 and next_at <= ? order by gravity desc, id limit ?',
  )
  const keep = database.prepare(`update outbox set waiting = 0 where id = ? and state = 'raised'`)
  const drop = database.prepare(`delete from outbox where id = ? and state <> 'raised'`)
  const later = database.prepare('update outbox set attempts = ?, next_at = ? where id = ?')
  const channels = database.prepare<[], { channel: string }>('select distinct channel from outbox')
  const forget = database.prepare('delete from outbox where channel = ?')
  return {
    find: (channel, matter) => {
      const row = select.get(channel, matter)
      return Promise.resolve(row && (JSON.parse(row.message) as Message))
    },
    put: ({ channel, matter, message, attempts, queuedAt, nextAt }) => {
      const { state, level } = message
      replace.run(channel, matter, JSON.stringify(message), state, gravity(level), attempts, queuedAt, nextAt)
      return Promise.resolve()
    },
    waiting: (channel, now) => Promise.resolve(due.all(channel, now, MOST_AT_ONCE).map(decodeRow)),
    said: (ids) => {
      database.transaction(() => {
        for (const id of ids) {
          keep.run(id)
          drop.run(id)
        }
      })()
      return Promise.resolve()
    },
    postpone: (id, { attempts, nextAt }) => {
      later.run(attempts, nextAt, id)
      return Promise.resolve()
    },
    keepOnly: (names) => {
      for (const { channel } of channels.all()) if (!names.includes(channel)) forget.run(channel)
      return Promise.resolve()
    },
  }
}

function createTable(database: Database): void {
  database.exec(`create table if not exists outbox (
    id integer primary key autoincrement, channel text not null, matter text not null, message text not null,
    state text not null, gravity integer not null, waiting integer not null, attempts integer not null,
    queued_at integer not null, next_at integer not null, unique (channel, matter)
  ) strict;
  create index if not exists outbox_waiting on outbox (channel, next_at) where waiting = 1`)
}

function decodeRow({ id, channel, matter, message, attempts, queued_at, next_at }: Row): Waiting {
  return {
    ...{ id, channel, matter, attempts },
    message: JSON.parse(message) as Message,
    queuedAt: queued_at,
    nextAt: next_at,
  }
}
