import { identityOf } from '../events/identity.ts'
import type { EventJournal, Remembered } from '../events/journal.ts'
import type { EventSource } from '../events/source.ts'
import type { Condition } from '../exit-game/condition.ts'
import type { Timestamp } from '../plasma/units.ts'
import type { Meter } from '../metrics/meter.ts'
import type { Reading } from '../metrics/reading.ts'

type Head = Parameters<EventSource['observe']>[1]

/** What is true and asks for an answer, as metrics show it. */
export type Duties = {
  /** Takes what is true at a head, before it is emitted. */
  see: (conditions: readonly Condition[], head: Head) => Promise<void>
  list: () => Promise<NonNullable<Reading['obligations']>>
  /** The newest head at which anybody has judged. */
  judged: () => bigint | undefined
}

export function createDuties({ journal, meter }: { journal: Pick<EventJournal, 'recall'>; meter: Meter }): Duties {
  let seen: { conditions: ReadonlyMap<string, Condition>; head: Head } | undefined
  return {
    see: async (conditions, head) => {
      const before = seen?.conditions
      seen = { conditions: new Map(conditions.map((condition) => [identityOf(condition), condition])), head }
      for (const [name, { type, since }] of seen.conditions) {
        if (since === undefined || before?.has(name) || (await journal.recall(name)) !== undefined) continue
        meter.detected(type, Number(head.timestamp - since))
      }
    },
    list: async () => {
      const { conditions, head } = seen ?? { conditions: new Map<string, Condition>(), head: undefined }
      return Promise.all(
        [...conditions].map(async ([name, condition]) => ({
          event: condition.type,
          ...progressOf(await journal.recall(name), condition.deadline, head?.timestamp),
        })),
      )
    },
    judged: () => seen?.head.number,
  }
}

function progressOf(
  remembered: Remembered | undefined,
  deadline: Timestamp | undefined,
  now: Timestamp | undefined,
): { state: string; left?: bigint } {
  if (remembered?.silence) return { state: 'silent' }
  const state = remembered?.ended === false ? 'answering' : 'waiting'
  if (deadline === undefined || now === undefined) return { state }
  return deadline < now ? { state: 'overdue', left: deadline - now } : { state, left: deadline - now }
}
