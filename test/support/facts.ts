import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import { silentLogger, type Logger } from '../../src/lib/logger.ts'
import { createFacts } from '../../src/store/facts.ts'
import { openLedgerDatabase } from '../../src/store/ledger-database.ts'
import type { Facts } from '../../src/watcher/facts.ts'
import { framework } from './transactions.ts'

const chain = { chainId: 31_337n, framework }

/** Facts in a folder that goes when the tests of the file have ended. */
export function temporaryFacts(log: Logger = silentLogger): Facts {
  const folder = mkdtempSync(join(tmpdir(), 'plasma-guard-facts-'))
  const database = openLedgerDatabase(folder, chain)
  ends.push(() => {
    database.close()
    rmSync(folder, { recursive: true })
  })
  return createFacts({ database, log })
}

const ends: (() => void)[] = []

afterAll(() => {
  for (const end of ends.splice(0)) end()
})
