import type { Condition } from '../exit-game/condition.ts'
import type { Logger } from '../lib/logger.ts'
import { identityOf } from './identity.ts'
import type { EventSource } from './source.ts'

type Head = Parameters<EventSource['observe']>[1]

/** Where each source pins what it holds to be true; all of it together is what the event source sees. */
export type ConditionBoard = {
  /**
   * Replaces what this source said before. Looks are taken one at a time; while one is under way only the newest news
   * waits for the next. Resolves when the event source has seen it, or something newer.
   */
  pin: (source: string, conditions: readonly Condition[], head: Head) => Promise<void>
  /** Has the event source look once more at what is pinned. Resolves when it has. */
  again: () => Promise<void>
}

/**
 * Joins the sources. A matter that two of them report is one, and what the first in `order` says of it holds: our own
 * verification knows deadlines that a Watcher does not tell.
 */
export function createConditionBoard(
  { observe, log }: { observe: EventSource['observe']; log: Logger },
  order: readonly string[],
): ConditionBoard {
  const pinned = new Map<string, readonly Condition[]>()
  let newest: Head | undefined
  let lookedAt: Head | undefined
  let looking: Promise<void> | undefined

  async function look(): Promise<void> {
    while (newest) {
      const head = newest
      newest = undefined
      lookedAt = head
      try {
        await observe(join(order.map((source) => pinned.get(source) ?? [])), head)
      } catch (error) {
        log.error({ err: error }, 'events could not be noted')
      }
    }
    looking = undefined
  }

  return {
    pin(source, conditions, head) {
      pinned.set(source, conditions)
      newest = head
      looking ??= look()
      return looking
    },
    async again() {
      newest ??= lookedAt
      if (newest) looking ??= look()
      await looking
    },
  }
}

function join(bySource: readonly (readonly Condition[])[]): Condition[] {
  const joined = new Map<string, Condition>()
  for (const condition of bySource.flat()) {
    const name = identityOf(condition)
    if (!joined.has(name)) joined.set(name, condition)
  }
  return [...joined.values()]
}
