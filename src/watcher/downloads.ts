import { equalBytes } from '../lib/bytes.ts'
import type { Logger } from '../lib/logger.ts'
import type { Hash, Timestamp } from '../plasma/units.ts'
import type { Operator, ServedBlock } from './operator.ts'

/** A child block that the root chain speaks of. */
export type Wanted = { blknum: bigint; root: Hash }

/** Since when a block cannot be had, in chain time; `latest` is the last attempt. */
type Failure = { since: Timestamp; latest: Timestamp }

export type Downloads = {
  /**
   * Asks the operator for blocks, the most needed first, and returns at once. What is under way is not asked for twice;
   * what failed is tried again. `now` is the root chain's time.
   */
  want: (wanted: readonly Wanted[], now: Timestamp) => void
  /** What the operator last served. Downloads know nothing of blocks: it may be anything. */
  served: (root: Hash) => ServedBlock | undefined
  failure: (root: Hash) => Failure | undefined
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
  const underWay = new Set<Hash>()
  let queue: Wanted[] = []
  let now = 0n as Timestamp
  let failedInARow = 0

  function pump(): void {
    while (underWay.size < PARALLEL && failedInARow < PATIENCE) {
      const next = queue.shift()
      if (!next) return
      underWay.add(next.root)
      void download(next)
    }
  }

  async function download({ blknum, root }: Wanted): Promise<void> {
    const answer = await ask(operator, root, log)
    underWay.delete(root)
    failedInARow = answer.ok ? 0 : failedInARow + 1
    if (answer.ok) shelf.put(root, answer.block)
    else {
      shelf.miss(root, now)
      log.debug({ blknum, reason: answer.reason }, 'block download failed')
    }
    pump()
    settled()
  }

  return {
    want: (wanted, time) => {
      now = time
      failedInARow = 0
      const idle = wanted.filter(({ root }) => !underWay.has(root))
      queue = byNeed(idle, ({ root }) => shelf.failure(root)?.latest ?? -1n)
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

function createShelf() {
  const blocks = new Map<Hash, ServedBlock>()
  const failures = new Map<Hash, Failure>()
  return {
    served: (root: Hash) => blocks.get(root),
    failure: (root: Hash) => failures.get(root),
    /** A block that is served again as it was stays the same value. */
    put: (root: Hash, block: ServedBlock) => {
      failures.delete(root)
      const held = blocks.get(root)
      if (!held || !sameBlock(held, block)) blocks.set(root, block)
    },
    /** A block that was served once is not withheld, whatever it was. */
    miss: (root: Hash, now: Timestamp) => {
      if (!blocks.has(root)) failures.set(root, { since: failures.get(root)?.since ?? now, latest: now })
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
