import type Sqlite from 'better-sqlite3'
import type { Logger } from '../lib/logger.ts'
import type { HashOf } from '../plasma/transaction.ts'
import { clearIndex, isDamage } from './index-database.ts'
import type { LedgerFeed } from './index-feed.ts'
import { IndexMismatchError } from './index-mismatch.ts'
import { createIndexSteps } from './index-steps.ts'
import type { Chain } from './ledger-database.ts'

export type IndexFollower = {
  /** Follows the ledger until aborted. */
  run: (signal: AbortSignal) => Promise<void>
  /**
   * Takes in all that the ledger holds now.
   *
   * @throws {@link IndexMismatchError} when the ledger changed under its eyes, or the index does not fit it.
   */
  catchUp: (signal?: AbortSignal) => Promise<void>
  /** Whether nothing has changed in the ledger since it was taken in. */
  isCurrent: () => boolean
}

type Ports = {
  writer: Sqlite.Database
  chain: Chain
  feed: LedgerFeed
  hashOf: HashOf
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  log: Logger
}

const LOOK_MS = 250
/** The ledger may change under the follower's eyes; when it seems to do so time and again, the index is wrong. */
const MOST_MISMATCHES = 5

/**
 * Makes the index what the ledger is: block by block, each whole or not at all, giving way to everything else between
 * any two handfuls of rows. An index that does not fit the ledger is made anew.
 */
export function createIndexFollower({ sleep, log, chain, ...parts }: Ports): IndexFollower {
  const { feed, writer } = parts
  let steps = createIndexSteps(parts)
  let current: number | undefined
  let mismatches = 0

  async function catchUp(signal?: AbortSignal): Promise<void> {
    for (let revision = feed.revision(); revision !== current; revision = feed.revision()) {
      while (await steps.next()) if (signal?.aborted) return
      current = revision
      mismatches = 0
    }
  }

  /** @throws what is no fault of the index. */
  function recover(error: unknown): void {
    const isMismatch = error instanceof IndexMismatchError
    if (!isMismatch && !isDamage(error)) throw error
    if (isMismatch && ++mismatches < MOST_MISMATCHES) return
    log.warn({ err: error }, 'index is made anew')
    clearIndex(writer, chain)
    steps = createIndexSteps(parts)
    mismatches = 0
  }

  return {
    catchUp,
    isCurrent: () => current !== undefined && current === feed.revision(),
    run: async (signal) => {
      while (!signal.aborted) {
        await catchUp(signal).catch(recover)
        await sleep(LOOK_MS, signal)
      }
    },
  }
}
