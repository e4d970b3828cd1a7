import { answerable } from '../exit-game/answerable.ts'
import type { Condition } from '../exit-game/condition.ts'
import type { Address, Timestamp } from '../plasma/units.ts'

/** What of all that is true can still be answered, and is ours to answer: a piggyback belongs to the output's owner. */
export function relevant(
  conditions: readonly Condition[],
  { now, own }: { now: Timestamp; own: ReadonlySet<Address> },
): Condition[] {
  return answerable(conditions, now).filter(
    (condition) => condition.type !== 'piggyback_available' || own.has(condition.owner),
  )
}
