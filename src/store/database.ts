import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { GuardError } from '../lib/errors.ts'
import { journal, withStoreFaults } from './store-fault.ts'

export type Database = Sqlite.Database

/**
 * Opens (and makes) the journal in the data directory. Write-ahead log and full sync: what was committed survives a
 * power cut. Two processes may share the file (`watch` and `run`); a writer waits up to 5 s for the other.
 *
 * @throws {@link StoreCorruptError} when the file is no database, {@link StoreFailedError} when it cannot be written.
 */
export function openDatabase(dataDirectory: string): Database {
  mkdirSync(dataDirectory, { recursive: true })
  return withStoreFaults(() => {
    const database = new Sqlite(join(dataDirectory, 'journal.sqlite'), { timeout: 5_000 })
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    return database
  }, journal)
}

/**
 * Opens the journal for reading only, beside whoever writes it.
 *
 * @throws {@link NoJournalError} when there is none.
 */
export function openDatabaseReadOnly(dataDirectory: string): Database {
  const path = join(dataDirectory, 'journal.sqlite')
  if (!existsSync(path)) throw new NoJournalError(path)
  return withStoreFaults(() => new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 5_000 }), journal)
}

/** Nothing has run with this data directory yet. */
class NoJournalError extends GuardError {
  override readonly code = 'NO_JOURNAL'

  constructor(path: string) {
    super(`There is no journal ${path}: has a guard run with this data directory?`, { path })
  }
}
