import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'

export type Database = Sqlite.Database

/**
 * Opens (and makes) the journal in the data directory. Write-ahead log and full sync: what was committed survives a
 * power cut. Two processes may share the file (`watch` and `run`); a writer waits up to 5 s for the other.
 *
 * @throws when the directory cannot be written or the file is no database.
 */
export function openDatabase(dataDirectory: string): Database {
  mkdirSync(dataDirectory, { recursive: true })
  const database = new Sqlite(join(dataDirectory, 'journal.sqlite'), { timeout: 5_000 })
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  return database
}
