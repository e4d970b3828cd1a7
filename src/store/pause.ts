import type { Database } from './database.ts'

/** Remembers that a person has paused the guard, through every restart. */
export type PauseStore = {
  /** Milliseconds of the system's clock, undefined while nothing is paused. */
  since: () => number | undefined
  set: (since: number) => void
  clear: () => void
}

export function createPauseStore(database: Database): PauseStore {
  database.exec(
    'create table if not exists pause (only_row integer primary key check (only_row = 1), since integer not null) strict',
  )
  const select = database.prepare<[], { since: number }>('select since from pause')
  const insert = database.prepare('insert or ignore into pause values (1, ?)')
  const remove = database.prepare('delete from pause')
  return {
    since: () => select.get()?.since,
    set: (since) => void insert.run(since),
    clear: () => void remove.run(),
  }
}
