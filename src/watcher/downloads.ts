import type { Logger } from '../lib/logger.ts'
import type { Hash, Timestamp } from '../plasma/units.ts'
import type { Operator, ServedBlock } from './operator.ts'
import { bytesOf, createShelf, type Failure, type Serving } from './shelf.ts'
import { nameOf, type MissingNews, type Wanted } from './wanted.ts'

export type Downloads = {
  /**
   * Asks the operator for blocks, the most needed first, and returns at once. What is under way is not asked for twice;
   * what failed is tried again. `now` is the root chain's time.
   */
  want: (wanted: readonly Wanted[], now: Timestamp) => void
  /** What the operator last served, and how often he served something. Downloads know nothing of blocks. */
  served: (wanted: Wanted) => Serving | undefined
  /** Lets go of a block that nobody needs any more. */
  forget: (wanted: Wanted) => void
  failure: (wanted: Wanted) => Failure | undefined
  /** Whether the last attempt of this process failed. */
  hasFailed: (wanted: Wanted) => boolean
  /** What has begun or ceased to be missing since this was last asked. */
  news: () => readonly MissingNews[]
  /** Asks for nothing more, and takes no answer either. */
  stop: () => void
}

type Ports = {
  operator: Pick<Operator, 'block'>
  /** Since when a block was missing already before this process began. */
  missingSince: (wanted: Wanted) => Timestamp | undefined
  log: Logger
  settled: () => void
}

const PARALLEL = 4
/** After as many failures in a row, the rest of the list waits for the next call. */
const PATIENCE = 8
/**
 * As many bytes of blocks may wait to be applied or be under way, as large as the last one was; while more do, only the
 * block is asked for that all wait for. An answer takes six times its block while it is read.
 */
const MOST_BYTES = 24 * 1024 * 1024
/** Before any block has come: two at once. */
const UNKNOWN_BYTES = MOST_BYTES / 2

/** Downloads blocks in the background, a few at once. Blocks and failures are facts: nothing here judges them. */
export function createDownloads({ operator, missingSince, log, settled }: Ports): Downloads {
  const shelf = createShelf(missingSince)
  const underWay = new Set<string>()
  let queue: Wanted[] = []
  let now = 0n as Timestamp
  let failedInARow = 0
  let stopped = false
  let first: string | undefined
  let expected = UNKNOWN_BYTES

  function mayStart(next: Wanted): boolean {
    if (underWay.size >= PARALLEL || failedInARow >= PATIENCE) return false
    if (shelf.bytes() + underWay.size * expected < MOST_BYTES) return true
    return underWay.size === 0 && nameOf(next) === first
  }

  function pump(): void {
    for (let next = queue[0]; next && mayStart(next); next = queue[0]) {
      queue.shift()
      underWay.add(nameOf(next))
      void download(next)
    }
  }

  async function download(wanted: Wanted): Promise<void> {
    const answer = await ask(operator, wanted.root, log)
    if (stopped) return
    underWay.delete(nameOf(wanted))
    failedInARow = answer.ok ? 0 : failedInARow + 1
    if (answer.ok) expected = bytesOf(answer.block)
    note({ shelf, log }, wanted, { answer, now })
    pump()
    settled()
  }

  return {
    ...shelf,
    want: (wanted, time) => {
      now = time
      failedInARow = 0
      first = wanted[0] && nameOf(wanted[0])
      queue = byNeed(wanted, (each) => shelf.failure(each)?.latest ?? -1n).filter((each) => !underWay.has(nameOf(each)))
      pump()
    },
    forget: (wanted) => {
      shelf.forget(wanted)
      pump()
    },
    stop: () => {
      stopped = true
      queue = []
    },
  }
}

type Noting = { shelf: ReturnType<typeof createShelf>; log: Logger }

function note({ shelf, log }: Noting, wanted: Wanted, { answer, now }: { answer: Answer; now: Timestamp }): void {
  const { blknum } = wanted
  try {
    if (answer.ok) shelf.put(wanted, answer.block)
    else {
      shelf.miss(wanted, now)
      log.debug({ blknum, reason: answer.reason }, 'block download failed')
    }
  } catch (error) {
    // Whoever looks next comes upon it too, and is where it can be dealt with.
    log.error({ err: error, blknum }, 'block download could not be noted')
  }
}

type Answer = { ok: true; block: ServedBlock } | { ok: false; reason: string }

async function ask(operator: Ports['operator'], root: Hash, log: Logger): Promise<Answer> {
  try {
    return await operator.block(root)
  } catch (error) {
    log.warn({ err: error, root }, 'operator port failed')
    return { ok: false, reason: 'operator port failed' }
  }
}

/** The first one is what everything waits for. Behind it, what was never tried, so that no withheld block hides others. */
function byNeed([first, ...rest]: readonly Wanted[], lastTried: (wanted: Wanted) => bigint): Wanted[] {
  if (!first) return []
  return [first, ...rest.sort((one, other) => Number(lastTried(one) - lastTried(other)))]
}
