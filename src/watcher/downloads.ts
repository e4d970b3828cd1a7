import type { Logger } from '../lib/logger.ts'
import type { Hash, Timestamp } from '../plasma/units.ts'
import type { Operator, ServedBlock } from './operator.ts'

/** A child block that the root chain speaks of. */
export type Wanted = { blknum: bigint; root: Hash }

/** Since when a block cannot be had, in chain time; `latest` is the last attempt. */
export type Failure = { since: Timestamp; latest: Timestamp }

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
  const blocks = new Map<Hash, ServedBlock>()
  const failures = new Map<Hash, Failure>()
  const underWay = new Set<Hash>()
  let queue: Wanted[] = []
  let now = 0n as Timestamp
  let failedInARow = 0

  function want(wanted: readonly Wanted[], time: Timestamp): void {
    now = time
    failedInARow = 0
    queue = byNeed(
      wanted.filter(({ root }) => !underWay.has(root)),
      failures,
    )
    pump()
  }

  function pump(): void {
    while (underWay.size < PARALLEL && failedInARow < PATIENCE) {
      const next = queue.shift()
      if (!next) return
      underWay.add(next.root)
      void download(next)
    }
  }

  async function download({ blknum, root }: Wanted): Promise<void> {
    const answer = await ask(root)
    underWay.delete(root)
    if (answer.ok) {
      blocks.set(root, answer.block)
      failures.delete(root)
      failedInARow = 0
    } else {
      failures.set(root, { since: failures.get(root)?.since ?? now, latest: now })
      failedInARow++
      log.debug({ blknum, reason: answer.reason }, 'block download failed')
    }
    pump()
    settled()
  }

  async function ask(root: Hash): ReturnType<Operator['block']> {
    try {
      return await operator.block(root)
    } catch (error) {
      log.warn({ err: error, root }, 'operator port failed')
      return { ok: false, reason: 'operator port failed' }
    }
  }

  return {
    want,
    served: (root) => blocks.get(root),
    failure: (root) => failures.get(root),
    stop: () => {
      queue = []
    },
  }
}

/** The first one is what everything waits for. Behind it, what was never tried, so that no withheld block hides others. */
function byNeed([first, ...rest]: readonly Wanted[], failures: ReadonlyMap<Hash, Failure>): Wanted[] {
  if (!first) return []
  const lastTried = ({ root }: Wanted) => failures.get(root)?.latest ?? -1n
  return [first, ...rest.sort((one, other) => Number(lastTried(one) - lastTried(other)))]
}
