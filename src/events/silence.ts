import type { Outcome } from '../lib/outcome.ts'
import type { ConditionType } from '../exit-game/condition.ts'
import { identity, type Subject } from './identity.ts'
import type { Block, EventJournal } from './journal.ts'

/** What an answer was about; one call may answer several events. */
export type Answered = { events: readonly ConditionType[]; subject: Subject; occurrence: string }

const silencing = ['too_late', 'not_needed', 'impossible'] as const

/** Makes the identities that an answer speaks of silent, when its end is one that no repetition improves. */
export async function silence(
  journal: EventJournal,
  { events, subject, occurrence }: Answered,
  { outcome, reason, head }: Outcome & { head: Block },
): Promise<void> {
  const word = silencing.find((each) => each === outcome)
  if (!word) return
  for (const event of events) {
    const name = identity(event, subject, occurrence)
    const remembered = await journal.recall(name)
    if (remembered) await journal.remember(name, { ...remembered, silence: { outcome: word, reason, head } })
  }
}

/**
 * Ends each silence whose condition has gone, or whose head has left the chain: the state that it spoke of has changed.
 *
 * @param present - The identities that are true now.
 */
export async function liftSilences(
  journal: EventJournal,
  present: ReadonlySet<string>,
  isCanonical: (block: Block) => Promise<boolean>,
): Promise<void> {
  for (const name of await journal.silent()) {
    const remembered = await journal.recall(name)
    if (!remembered?.silence) continue
    if (present.has(name) && (await isCanonical(remembered.silence.head))) continue
    const { attempt, emittedAt, ended } = remembered
    await journal.remember(name, { attempt, emittedAt, ended })
  }
}
