import { equalBytes } from '../lib/bytes.ts'
import type { Logger } from '../lib/logger.ts'
import type { Hash, Timestamp } from '../plasma/units.ts'
import type { Operator, ServedBlock } from './operator.ts'

/** A child block that the root chain speaks of. */
export type Wanted = { blknum: bigint; root: Hash }

/** Since when a block cannot be had, in chain time; `latest` is the last attempt. */
type Failure = { since: Timestamp; latest: Timestamp }

/** What was served under a root may be anything. `times`: with every new attempt it may be something else. */
export type Serving = { block: ServedBlock; times: number }

export type Downloads = {
  /**
   * Asks the operator for blocks, the most needed first, and returns at once. What is under way is not asked for twice;
   * what failed is tried again. `now` is the root chain's time.
   */
  want: (wanted: readonly Wanted[], now: Timestamp) => void
  /** What the operator last served, and how often he served something. Downloads know nothing of blocks. */
  served: (wanted: Wanted) => Serving | undefined
  failure: (wanted: Wanted) => Failure | undefined
  /** Asks for nothing more. */
  stop: () => void
}

type Ports = { operator: Pick<Operator, 'block'>; log: Logger; settled: () => void }

const PARALLEL = 4
/** After as many failures in a row, the rest of the list waits for the next call. */
const PATIENCE = 8

/** Downloads blocks in the background, a few at once. Blocks and failures are facts: nothing here judges them. */
export function createDownloads({ operator, log, settled }: Ports): Downloads {
  const shelf = createShelf()
  const underWay = new Set<string>()
  let queue: Wanted[] = []
  let now = 0n as Timestamp
  let failedInARow = 0

  function pump(): void {
    while (underWay.size < PARALLEL && failedInARow < PATIENCE) {
      const next = queue.shift()
      if (!next) return
      underWay.add(nameOf(next))
      void download(next)
    }
  }

  async function download(wanted: Wanted): Promise<void> {
    const answer = await ask(operator, wanted.root, log)
    underWay.delete(nameOf(wanted))
    failedInARow = answer.ok ? 0 : failedInARow + 1
    if (answer.ok) shelf.put(wanted, answer.block)
    else {
      shelf.miss(wanted, now)
      log.debug({ blknum: wanted.blknum, reason: answer.reason }, 'block download failed')
    }
    pump()
    settled()
  }

  return {
    want: (wanted, time) => {
      now = time
      failedInARow = 0
      const idle = wanted.filter((each) => !underWay.has(nameOf(each)))
      queue = byNeed(idle, (each) => shelf.failure(each)?.latest ?? -1n)
      pump()
    },
    served: shelf.served,
    failure: shelf.failure,
    stop: () => {
      queue = []
    },
  }
}

async function ask(operator: Ports['operator'], root: Hash, log: Logger): ReturnType<Operator['block']> {
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

/** A reorganisation may submit a root again under another number: it is another block then. */
function nameOf({ blknum, root }: Wanted): string {
  return `${String(blknum)} ${root}`
}

function createShelf() {
  const servings = new Map<string, Serving>()
  const failures = new Map<string, Failure>()
  return {
    served: (wanted: Wanted) => servings.get(nameOf(wanted)),
    failure: (wanted: Wanted) => failures.get(nameOf(wanted)),
    /** A block that is served again as it was stays the same value. */
    put: (wanted: Wanted, block: ServedBlock) => {
      const name = nameOf(wanted)
      const held = servings.get(name)
      failures.delete(name)
      servings.set(name, {
        block: held && sameBlock(held.block, block) ? held.block : block,
        times: (held?.times ?? 0) + 1,
      })
    },
    miss: (wanted: Wanted, now: Timestamp) => {
      const name = nameOf(wanted)
      failures.set(name, { since: failures.get(name)?.since ?? now, latest: now })
    },
  }
}

function sameBlock(one: ServedBlock, other: ServedBlock): boolean {
  return (
    one.hash === other.hash &&
    one.blknum === other.blknum &&
    one.transactions.length === other.transactions.length &&
    one.transactions.every((bytes, at) => equalBytes(bytes, other.transactions[at] ?? new Uint8Array(0)))
  )
}
