import type Sqlite from 'better-sqlite3'
import type { Logger } from '../lib/logger.ts'
import type { Announced, ChainEvent, Draft, Step } from '../watcher/facts.ts'
import { createLedgerView } from './ledger-view.ts'
import { createLedgerWrites } from './ledger-writes.ts'
import { createObstacles } from './obstacles.ts'
import { createOwnersWrites } from './owners.ts'
import { createRootChainReads } from './root-chain-reads.ts'
import { createRootChainWrites } from './root-chain-writes.ts'
import { createSightings } from './sightings.ts'
import { createUnwind } from './unwind.ts'

/** A write under way. */
export type OpenDraft = {
  draft: Draft
  /**
   * Ends it: nothing more can be written. Says what it was, and whether anything is to be kept.
   *
   * @throws what one of its steps threw, whoever caught that; {@link RangeError} for half a block.
   */
  end: () => Ended
}

/** `tookBack`: events are gone. `changed`: an answer may be another one now. */
export type Ended = { keep: boolean; tookBack: boolean; changed: boolean }

type Parts = ReturnType<typeof createParts>

/** Opens drafts on the connection that writes, one after the other, each within a transaction of its own. */
export function createDrafts(database: Sqlite.Database, log: Logger): () => OpenDraft {
  const parts = createParts(database, log)
  return () => openDraft(parts)
}

function createParts(database: Sqlite.Database, log: Logger) {
  const view = createLedgerView(database)
  const owners = createOwnersWrites(database)
  const sightings = createSightings(database)
  return {
    view,
    sightings,
    reads: createRootChainReads(database),
    rootChain: createRootChainWrites(database),
    ledger: createLedgerWrites({ database, view, owners, log }),
    unwind: createUnwind({ database, owners, sightings }),
    obstacles: createObstacles(database),
    changes: database.prepare<[], number>('select total_changes()').pluck(),
  }
}

/** What a draft has come to. `untold`: changes of rows that change no answer. */
type Progress = {
  before: number
  untold: number
  dropped: number
  undone: boolean
  at?: BlockUnderWay
}

/** How many transactions of which block are written. */
type BlockUnderWay = { blknum: bigint; written: number }

function openDraft(parts: Parts): OpenDraft {
  const progress: Progress = { before: parts.changes.get() ?? 0, untold: 0, dropped: 0, undone: false }
  const { guarded, end } = createGuard()
  const { missing, found, reject } = parts.obstacles
  return {
    draft: {
      ...writeSteps(parts, progress, guarded),
      ledger: { get: parts.view.get, inclusion: parts.view.inclusion },
      undo: () => {
        progress.undone = true
      },
      missing: guarded(missing),
      found: guarded(found),
      reject: guarded(reject),
    },
    end: () => {
      end()
      if (progress.undone) return { keep: false, tookBack: false, changed: false }
      if (progress.at) throw new RangeError(`Block ${String(progress.at.blknum)} was not ended`)
      const changes = (parts.changes.get() ?? 0) - progress.before
      const { dropped, untold } = progress
      return { keep: true, tookBack: dropped > 0, changed: changes > untold }
    },
  }
}

type Steps = Pick<Draft, 'add' | 'dropAbove' | 'exit' | 'transaction' | 'block' | 'sight'>

function writeSteps(parts: Parts, progress: Progress, guarded: Guard['guarded']): Steps {
  const { view, reads, rootChain, ledger, unwind, sightings, obstacles } = parts
  return {
    add: guarded((reading) => {
      progress.untold += rootChain.add(reading)
      for (const event of reading.events) if (event.type === 'DepositCreated') ledger.deposit(event)
    }),
    dropAbove: guarded((height) => {
      unwind(height)
      const { events, tips } = rootChain.dropAbove(height)
      progress.dropped += events
      progress.untold += tips
    }),
    exit: guarded((event, positions) => {
      const id = nextStep(reads, event)
      ledger.exit(event.blockNumber, positions)
      rootChain.moveTo(id)
    }),
    transaction: guarded((place, transaction) => {
      const at = progress.at ?? { blknum: view.nextBlknum(), written: 0 }
      if (place.blknum !== at.blknum || place.txIndex !== at.written) {
        throw new RangeError(`Transaction ${place.txIndex} of block ${String(place.blknum)} is not the next one`)
      }
      ledger.transaction(place, transaction)
      at.written++
      progress.at = at
    }),
    block: guarded((block, { transactions, nodes }) => {
      const at = progress.at ?? { blknum: view.nextBlknum(), written: 0 }
      if (block.blknum !== at.blknum) throw new RangeError(`Block ${String(block.blknum)} is not the next one`)
      if (transactions !== at.written) throw new RangeError(`${at.written} transactions, not ${transactions}`)
      const event = nextStep(reads, block.event)
      ledger.block(block.blknum, { event, transactions, nodes })
      rootChain.moveTo(event)
      obstacles.acquit(block)
      delete progress.at
    }),
    sight: guarded((signedTxs) => {
      for (const signedTx of signedTxs) sightings.sight(signedTx)
    }),
  }
}

/** The row of the step that comes next, which must be this one. */
function nextStep({ next }: Parts['reads'], event: Step | Announced['event']): number {
  const expected = next()
  if (!expected || !sameLog(expected.event, event)) {
    throw new RangeError(`${event.type} at ${String(event.blockNumber)} is not what comes next`)
  }
  return expected.id
}

function sameLog(one: ChainEvent, other: ChainEvent): boolean {
  const { txHash, rank } = one.occurrence
  return one.type === other.type && txHash === other.occurrence.txHash && rank === other.occurrence.rank
}

type Guard = {
  /** A step of the draft, which only an open one may take. */
  guarded: <Arguments extends unknown[]>(step: (...given: Arguments) => void) => (...given: Arguments) => void
  end: () => void
}

/** Half a step must not be kept: what one has thrown is thrown again at the end. */
function createGuard(): Guard {
  let open = true
  let failure: { error: unknown } | undefined
  return {
    guarded:
      (step) =>
      (...given) => {
        if (!open) throw new RangeError('This write is over')
        try {
          step(...given)
        } catch (error) {
          failure ??= { error }
          throw error
        }
      },
    end: () => {
      open = false
      if (failure) throw failure.error
    },
  }
}
