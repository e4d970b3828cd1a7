import type { Logger } from '../lib/logger.ts'
import type { Announced, Facts } from '../watcher/facts.ts'
import { createDrafts, type Ended } from './draft.ts'
import type { LedgerDatabase } from './ledger-database.ts'
import { createLedgerView } from './ledger-view.ts'
import { createObstacles } from './obstacles.ts'
import { createOwnersUpkeep } from './owners-upkeep.ts'
import { createRootChainReads } from './root-chain-reads.ts'
import { createSightings } from './sightings.ts'
import { namingFaults, storeFault } from './store-fault.ts'
import { createTurns } from './turns.ts'

type Ports = { database: LedgerDatabase; log: Logger }

/** `indexAfter`: how many transactions may be looked through when somebody asks for an owner's outputs. */
type Settings = { indexAfter?: number }

/**
 * Facts that outlive the process.
 *
 * @throws fatal errors of the disk, from each of its functions.
 */
export function createFacts({ database, log }: Ports, { indexAfter = 30_000 }: Settings = {}): Facts {
  const openDraft = createDrafts(database.writer, log)
  const inTurn = createTurns(database.writer)
  const keepIndex = createOwnersUpkeep({ database, log, inTurn }, indexAfter)
  let generation = 0
  let revision = 0

  function keep({ tookBack, changed }: Ended): void {
    if (tookBack) generation++
    if (changed) revision++
  }

  return {
    ...createReads(database),
    generation: () => generation,
    revision: () => revision,
    write: async (work) => {
      const result = await inTurn(async () => {
        const { draft, end } = openDraft()
        const said = await work(draft)
        const ended = end()
        return {
          keep: ended.keep,
          kept: () => {
            keep(ended)
          },
          result: said,
        }
      })
      keepIndex()
      return result
    },
  }
}

function createReads(database: LedgerDatabase): Omit<Facts, 'generation' | 'revision' | 'write'> {
  const { reader } = database
  const { tips, eventsFrom, exitGameEvents, unreadable, ahead, submitted, timeOf } = createRootChainReads(reader)
  const { missingSince, rejected } = createObstacles(reader)
  const { of: sightings } = createSightings(reader)
  const applied = createApplied(database)
  const ledger = createLedgerView(reader)
  return {
    ...namingFaults({ tips, eventsFrom, exitGameEvents, unreadable, ahead, submitted, timeOf, applied }),
    ...namingFaults({ missingSince, rejected, sightings }),
    ledger: {
      ...namingFaults(ledger),
      *unspentOf(owner) {
        try {
          yield* ledger.unspentOf(owner)
        } catch (error) {
          throw storeFault(error)
        }
      },
    },
  }
}

/** The last block, as the root chain announced it. */
function createApplied({ reader }: LedgerDatabase): () => Announced | undefined {
  const { event, submitted } = createRootChainReads(reader)
  const last = reader.prepare<[], number>('select event from blocks order by blknum desc limit 1').pluck()
  return () => {
    const id = last.get()
    const announced = id === undefined ? undefined : event(id)
    if (announced?.type !== 'BlockSubmitted') return undefined
    const { blknum } = announced
    const block = submitted(blknum)
    return block && { blknum, root: block.root, submittedAt: block.timestamp, event: announced }
  }
}
