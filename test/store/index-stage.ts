import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keccak } from '../../src/plasma/keccak.ts'
import { transactionHasher } from '../../src/plasma/transaction.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { openIndexDatabase } from '../../src/store/index-database.ts'
import type { LedgerFeed } from '../../src/store/index-feed.ts'
import { createIndexFollower } from '../../src/store/index-follower.ts'
import { createIndexReader } from '../../src/store/index-reader.ts'
import { framework } from '../support/transactions.ts'

const chain = { chainId: 31_337n, framework }

/** A data directory that is gone with the test. */
export function temporary(): { directory: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'index-'))
  return {
    directory,
    remove: () => {
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** An index of a directory, which follows when it is told to. */
export function openIndex(directory: string, feed: LedgerFeed, of = chain) {
  const database = openIndexDatabase(directory, of)
  const follower = createIndexFollower({
    writer: database.writer,
    chain: of,
    feed,
    hashOf: transactionHasher(keccak),
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    log: silentLogger,
  })
  return { database, follower, index: createIndexReader(database.reader, follower), close: database.close }
}
