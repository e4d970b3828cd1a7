import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { GuardError } from '../lib/errors.ts'
import { rootOfSubtrees } from '../plasma/merkle.ts'
import type { Address } from '../plasma/units.ts'
import { migrate, migrations, versionOf, type Migration } from './ledger-schema.ts'
import { holdLock } from './process-lock.ts'
import { StoreCorruptError, withStoreFaults } from './store-fault.ts'

/** One store, twice open: what is being written on the one is seen on the other when it is whole. */
export type LedgerDatabase = { writer: Sqlite.Database; reader: Sqlite.Database; close: () => void }

/** Whose facts a store holds. */
export type Chain = { chainId: bigint; framework: Address }

/** Says of a file that it is a ledger's store: "plgd". */
const APPLICATION_ID = 0x706c6764

/** A block of 65,000 transactions changes about 12,000 pages of 4 KiB; they stay in memory until it is written. */
const WRITER_CACHE_MIB = 128
const READER_CACHE_MIB = 32
/** The write-ahead log is brought in when it is this long, 64 MiB, and so stays below this and one block. */
const CHECKPOINT_PAGES = 16_384
/** Small enough to be looked through as a whole in a fraction of a second. */
const SMALL_STORE_BYTES = 128 * 1024 * 1024

/**
 * Opens the ledger of a chain in the data directory, makes it or brings it up to date. Write-ahead log and full sync:
 * what was committed survives a power cut. One process at a time.
 *
 * @throws {@link LedgerInUseError}, {@link AnotherChainError}, {@link NewerStoreError}, {@link StoreCorruptError} and
 * other faults of the disk.
 */
export function openLedgerDatabase(
  dataDirectory: string,
  chain: Chain,
  steps: readonly Migration[] = migrations,
): LedgerDatabase {
  mkdirSync(dataDirectory, { recursive: true })
  const release = holdLock(join(dataDirectory, 'ledger.lock'))
  if (!release) throw new LedgerInUseError(dataDirectory)
  const opened: Sqlite.Database[] = []
  const close = () => {
    for (const database of opened) database.close()
    release()
  }
  const path = join(dataDirectory, 'ledger.sqlite')
  try {
    return withStoreFaults(() => {
      const writer = new Sqlite(path, { timeout: 5_000 })
      opened.push(writer)
      prepareStore(writer, chain, steps)
      checkStore(writer, statSync(path).size)
      const reader = new Sqlite(path, { timeout: 5_000, readonly: true })
      opened.unshift(reader)
      reader.pragma(`cache_size = ${-READER_CACHE_MIB * 1024}`)
      return { writer, reader, close }
    })
  } catch (error) {
    close()
    throw error
  }
}

/** Makes a database a ledger's store, or finds that it is this chain's. */
export function prepareStore(database: Sqlite.Database, chain: Chain, steps: readonly Migration[] = migrations): void {
  const isNew = versionOf(database) === 0 && tablesIn(database) === 0
  if (isNew) database.pragma(`application_id = ${APPLICATION_ID}`)
  else if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new StoreCorruptError('ledger.sqlite is something else')
  }
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma(`cache_size = ${-WRITER_CACHE_MIB * 1024}`)
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  if (versionOf(database) > steps.length) throw new NewerStoreError(versionOf(database), steps.length)
  migrate(database, steps)
  database.prepare(`insert or ignore into meta values ('chain_id', ?), ('framework', ?)`).run(...wordsOf(chain))
  const there = chainIn(database)
  if (there.chainId !== chain.chainId || there.framework !== chain.framework) throw new AnotherChainError(there, chain)
}

function tablesIn(database: Sqlite.Database): number {
  return database.prepare<[], number>('select count(*) from sqlite_schema').pluck().get() ?? 0
}

function wordsOf({ chainId, framework }: Chain): [string, string] {
  return [chainId.toString(), framework]
}

function chainIn(database: Sqlite.Database): Chain {
  const meta = database.prepare<[string], string>('select value from meta where name = ?').pluck()
  return { chainId: BigInt(meta.get('chain_id') ?? 0), framework: (meta.get('framework') ?? '') as Address }
}

/**
 * A look for damage that takes no longer than a start may: a small store is looked through, of a large one the newest
 * block's nodes are held against its root. Damage elsewhere shows when it is read: pages by their shape, transactions by
 * the proofs that are made of them.
 */
function checkStore(database: Sqlite.Database, bytes: number): void {
  if (bytes <= SMALL_STORE_BYTES) {
    const found = database.pragma('quick_check(1)', { simple: true })
    if (found !== 'ok') throw new StoreCorruptError(String(found))
  }
  const newest = database
    .prepare<[], { nodes: Buffer; root: string }>(
      'select nodes, root from blocks join submissions using (blknum) order by blknum desc limit 1',
    )
    .get()
  if (newest && rootOfSubtrees(new Uint8Array(newest.nodes)) !== newest.root) {
    throw new StoreCorruptError('the newest block is not what its root names')
  }
}

/** Another process has this ledger. */
class LedgerInUseError extends GuardError {
  override readonly code = 'LEDGER_IN_USE'

  constructor(dataDirectory: string) {
    super(
      `Another plasma-guard has the ledger in the data directory ${dataDirectory}: stop it first, or use another.`,
      {
        dataDirectory,
      },
    )
  }
}

/** The store was made for other contracts. */
class AnotherChainError extends GuardError {
  override readonly code = 'ANOTHER_CHAIN'

  constructor(there: Chain, wanted: Chain) {
    super(
      `The ledger in the data directory is of chain ${String(there.chainId)}, framework ${there.framework}; expected chain ${String(wanted.chainId)}, framework ${wanted.framework}. Use another data directory.`,
      {
        chainId: there.chainId,
        framework: there.framework,
        wantedChainId: wanted.chainId,
        wantedFramework: wanted.framework,
      },
    )
  }
}

/** A later program has written here. */
class NewerStoreError extends GuardError {
  override readonly code = 'NEWER_STORE'

  constructor(version: number, known: number) {
    super(`The ledger's store has version ${version}, and this program knows ${known}: use the newer program.`, {
      version,
      known,
    })
  }
}
