import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Facts } from '../../src/watcher/facts.ts'
import { createFacts } from '../../src/store/facts.ts'
import { openLedgerDatabase, type Chain, type LedgerDatabase } from '../../src/store/ledger-database.ts'
import { framework } from '../support/transactions.ts'

export const chain: Chain = { chainId: 1337n, framework }

/** A store in a directory of its own. */
export type Store = { directory: string; database: LedgerDatabase; facts: Facts; discard: () => void }

/** Opens a store; an index that is brought up to date at every occasion shows more than one that never is. */
export function openStore(directory = mkdtempSync(join(tmpdir(), 'ledger-'))): Store {
  const database = openLedgerDatabase(directory, chain)
  const facts = createFacts({ database, log: silentLogger }, { indexAfter: 3 })
  return {
    directory,
    database,
    facts,
    discard: () => {
      database.close()
      rmSync(directory, { recursive: true })
    },
  }
}

/** Sightings may only grow, and when the index of owners is written is nobody's concern. */
const NOT_COMPARED = ['sightings', 'sighted_inputs', 'owners']

/** All that a store holds, but for what depends on how it came to it. */
export function contentOf({ reader }: LedgerDatabase): object {
  const tables = reader
    .prepare<[], string>(
      `select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name`,
    )
    .pluck()
    .all()
  const compared = tables.filter((table) => !NOT_COMPARED.includes(table))
  return Object.fromEntries(
    compared.map((table) => {
      const where = table === 'meta' ? `where name <> 'owners_to'` : ''
      return [table, reader.prepare(`select * from ${table} ${where}`).safeIntegers().raw().all().map(String)]
    }),
  )
}
