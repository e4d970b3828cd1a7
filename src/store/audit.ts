import type { Audit, AuditNote } from '../lib/audit.ts'
import type { Database } from './database.ts'
import { prepareJournal } from './journal-schema.ts'
import { journal, withStoreFaults } from './store-fault.ts'

/** Appends to the book of what happened; what changes an intent is noted with the change. */
export function createAudit(database: Database): Audit {
  prepareJournal(database)
  const append = appender(database)
  return {
    note: (note) => {
      withStoreFaults(() => {
        append(note)
      }, journal)
      return Promise.resolve()
    },
  }
}

/** Appends a note within the transaction of its caller. */
export function appender(database: Database): (note: AuditNote) => void {
  const insert = database.prepare<[bigint, string, string, string]>(
    'insert into audit (at, subject, what, reason) values (?, ?, ?, ?)',
  )
  return ({ at, subject, what, reason }) => {
    insert.run(at, subject, what, reason)
  }
}

/** The notes in the order they were made, of subjects that contain `text`; none where there is no book yet. */
export function* readAudit(database: Database, text = ''): Generator<AuditNote> {
  if (database.prepare(`select 1 from sqlite_master where name = 'audit'`).get() === undefined) return
  const select = database
    .prepare<[string], AuditNote>('select at, subject, what, reason from audit where instr(subject, ?) > 0 order by id')
    .safeIntegers()
  yield* select.iterate(text)
}
