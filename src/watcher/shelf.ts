import { equalBytes } from '../lib/bytes.ts'
import type { Timestamp } from '../plasma/units.ts'
import type { ServedBlock } from './operator.ts'
import { nameOf, type MissingNews, type Wanted } from './wanted.ts'

/** Since when a block cannot be had, in chain time; `latest` is the last attempt. */
export type Failure = { since: Timestamp; latest: Timestamp }

/** What was served under a root may be anything. `times`: with every new attempt it may be something else. */
export type Serving = { block: ServedBlock; times: number }

type Placed = Serving & { bytes: number }

/** Blocks that could not be had. */
function createFailures(missingSince: (wanted: Wanted) => Timestamp | undefined) {
  const failures = new Map<string, Failure>()
  const remembered = new Set<string>()
  const missed = new Set<string>()

  /** What was missing before this process began is looked up once. */
  function of(wanted: Wanted): Failure | undefined {
    const name = nameOf(wanted)
    if (!remembered.has(name)) {
      const since = missingSince(wanted)
      remembered.add(name)
      if (since !== undefined) failures.set(name, { since, latest: since })
    }
    return failures.get(name)
  }

  return {
    of,
    hasFailed: (wanted: Wanted) => missed.has(nameOf(wanted)),
    add: (wanted: Wanted, now: Timestamp) => {
      failures.set(nameOf(wanted), { since: of(wanted)?.since ?? now, latest: now })
      missed.add(nameOf(wanted))
    },
    forget: (wanted: Wanted) => {
      failures.delete(nameOf(wanted))
      missed.delete(nameOf(wanted))
    },
  }
}

/** Blocks that were served and wait for their turn, and those that could not be had. */
export function createShelf(missingSince: (wanted: Wanted) => Timestamp | undefined) {
  const servings = new Map<string, Placed>()
  const failures = createFailures(missingSince)
  const news = new Map<string, MissingNews>()
  let bytes = 0

  function forget(wanted: Wanted): void {
    bytes -= servings.get(nameOf(wanted))?.bytes ?? 0
    servings.delete(nameOf(wanted))
  }

  return {
    forget,
    failure: failures.of,
    hasFailed: failures.hasFailed,
    bytes: () => bytes,
    served: (wanted: Wanted): Serving | undefined => servings.get(nameOf(wanted)),
    news: (): readonly MissingNews[] => {
      const latest = [...news.values()]
      news.clear()
      return latest
    },
    /** A block that is served again as it was stays the same value. */
    put: (wanted: Wanted, block: ServedBlock) => {
      const name = nameOf(wanted)
      if (failures.of(wanted)) news.set(name, { wanted, since: undefined })
      failures.forget(wanted)
      const held = servings.get(name)
      forget(wanted)
      servings.set(name, {
        block: held && sameBlock(held.block, block) ? held.block : block,
        times: (held?.times ?? 0) + 1,
        bytes: bytesOf(block),
      })
      bytes += bytesOf(block)
    },
    miss: (wanted: Wanted, now: Timestamp) => {
      if (!failures.of(wanted)) news.set(nameOf(wanted), { wanted, since: now })
      failures.add(wanted, now)
    },
  }
}

/** Without what it takes to hold them. */
export function bytesOf({ transactions }: ServedBlock): number {
  return transactions.reduce((total, transaction) => total + transaction.length, 0)
}

function sameBlock(one: ServedBlock, other: ServedBlock): boolean {
  return (
    one.hash === other.hash &&
    one.blknum === other.blknum &&
    one.transactions.length === other.transactions.length &&
    one.transactions.every((bytes, at) => equalBytes(bytes, other.transactions[at] ?? new Uint8Array(0)))
  )
}
