import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { GuardError } from '../lib/errors.ts'
import type { Chain } from './ledger-database.ts'

/** `writer` and `reader` are two connections: what is being written is seen when it is whole. */
export type IndexDatabase = { writer: Sqlite.Database; reader: Sqlite.Database; close: () => void }

/** Grows with every change of the tables: an index of another version is built anew. */
const VERSION = 1
const WRITER_CACHE_MIB = 64
const READER_CACHE_MIB = 32
const CHECKPOINT_PAGES = 8_192

/*
 * `place` and `output` are keys (keys.ts). `account` and `currency` are rows of addresses. Amounts are bytes that sort.
 * `spender`: the place of the transaction that spent an output, or -1 when an exit took it. Cursors stand in their tables:
 * the last block, the last deposit, the greatest height of an exit.
 */
const SCHEMA = `
  create table meta (name text primary key, value text not null) strict, without rowid;
  create table addresses (id integer primary key, address blob not null unique) strict;
  create table blocks (
    block integer primary key, root text not null, timestamp integer not null, eth_height integer not null,
    eth_hash text not null, transactions integer not null
  ) strict;
  create index blocks_by_time on blocks (timestamp, transactions);
  create table deposits (
    block integer primary key, id integer not null, account integer not null, eth_height integer not null,
    eth_hash text not null, tx_hash text not null, log_index integer not null, timestamp integer not null
  ) strict;
  create index deposits_by_account on deposits (account, block);
  create table transactions (
    place integer primary key, hash blob not null, type integer not null, inputs blob not null, metadata blob
  ) strict;
  create index transactions_by_metadata on transactions (metadata, place) where metadata is not null;
  create index transactions_by_type on transactions (type, place) where type <> 1;
  create table hashes (prefix integer not null, place integer not null, primary key (prefix, place)) strict, without rowid;
  create table outputs (
    output integer primary key, account integer not null, currency integer not null, amount blob not null,
    type integer not null, spender integer
  ) strict;
  create table unspent (account integer not null, output integer not null, primary key (account, output))
    strict, without rowid;
  create table by_amount (
    account integer not null, currency integer not null, amount blob not null, output integer not null,
    primary key (account, currency, amount, output)
  ) strict, without rowid;
  create table balances (
    account integer not null, currency integer not null, amount blob not null, primary key (account, currency)
  ) strict, without rowid;
  create table activity (account integer not null, place integer not null, primary key (account, place))
    strict, without rowid;
  create table exits (output integer primary key, height integer not null) strict;`

/**
 * Opens the index beside a chain's ledger. One that is of another chain or version, or damaged, is thrown away: it can
 * be made again. It is not worth a full sync either: what a power cut takes of it is followed up.
 *
 * @throws {@link IndexFailedError} when the disk does not allow it.
 */
export function openIndexDatabase(dataDirectory: string, chain: Chain): IndexDatabase {
  mkdirSync(dataDirectory, { recursive: true })
  const path = join(dataDirectory, 'index.sqlite')
  try {
    return open(path, chain)
  } catch (error) {
    if (!isDamage(error)) throw new IndexFailedError(path, error)
    for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true })
    return open(path, chain)
  }
}

/** Empties an index. */
export function clearIndex(writer: Sqlite.Database, { chainId, framework }: Chain): void {
  const tables = writer.prepare<[], string>("select name from sqlite_schema where type = 'table'").pluck().all()
  writer.transaction(() => {
    for (const table of tables) writer.exec(`drop table ${table}`)
    writer.exec(SCHEMA)
    writer.prepare("insert into meta values ('chain', ?)").run(`${String(chainId)} ${framework}`)
    writer.pragma(`user_version = ${String(VERSION)}`)
  })()
}

/** Whether an error of the database says that its file is damaged. */
export function isDamage(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB'
}

function open(path: string, chain: Chain): IndexDatabase {
  const writer = new Sqlite(path, { timeout: 5_000 })
  try {
    writer.pragma('journal_mode = WAL')
    writer.pragma('synchronous = NORMAL')
    writer.pragma(`cache_size = ${String(-WRITER_CACHE_MIB * 1024)}`)
    writer.pragma(`wal_autocheckpoint = ${String(CHECKPOINT_PAGES)}`)
    if (!fits(writer, chain)) clearIndex(writer, chain)
    const reader = new Sqlite(path, { timeout: 5_000, readonly: true })
    reader.pragma(`cache_size = ${String(-READER_CACHE_MIB * 1024)}`)
    const close = () => {
      reader.close()
      writer.close()
    }
    return { writer, reader, close }
  } catch (error) {
    writer.close()
    throw error
  }
}

function fits(database: Sqlite.Database, { chainId, framework }: Chain): boolean {
  if (database.pragma('user_version', { simple: true }) !== VERSION) return false
  const chain = database.prepare<[], string>("select value from meta where name = 'chain'").pluck().get()
  return chain === `${String(chainId)} ${framework}`
}

/** The operating system would not read or write. */
class IndexFailedError extends GuardError {
  override readonly code = 'INDEX_FAILED'

  constructor(path: string, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause)
    super(
      `The index ${path} cannot be opened (${what}): look after its disk and permissions, or watch without the Info API.`,
      { path, what },
      { cause },
    )
  }
}
