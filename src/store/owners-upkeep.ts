import { setImmediate } from 'node:timers/promises'
import type { Logger } from '../lib/logger.ts'
import type { LedgerDatabase } from './ledger-database.ts'
import { createOwners, createOwnersWrites } from './owners.ts'
import type { InTurn } from './turns.ts'

type Parts = { database: LedgerDatabase; log: Logger; inTurn: InTurn }

/** Keeps the index of owners from falling behind by more than some transactions. To be called after every write. */
export function createOwnersUpkeep({ database, log, inTurn }: Parts, most: number): () => void {
  const { reader, writer } = database
  const { behind } = createOwners(reader)
  const { catchUp } = createOwnersWrites(writer)
  let waiting = false

  async function run(): Promise<void> {
    try {
      await inTurn(async () => {
        await catchUp(setImmediate)
        return { keep: true, result: undefined }
      })
    } catch (error) {
      // Nothing is lost by it; what is wrong with the disk, the next write will say.
      if (writer.open) log.warn({ err: error }, 'outputs could not be indexed by owner')
    }
    waiting = false
  }

  return () => {
    if (waiting || behind() <= most) return
    waiting = true
    void run()
  }
}
