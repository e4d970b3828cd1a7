import { answerable } from '../exit-game/answerable.ts'
import type { Condition } from '../exit-game/condition.ts'
import type { Address, Timestamp } from '../plasma/units.ts'

/**
 * What of all that is true can still be answered, and is ours to answer: a piggyback belongs to the output's owner, a
 * payment to those who are paid. Nothing is paid out while something that we can challenge would be paid as well.
 */
export function relevant(
  conditions: readonly Condition[],
  { now, own }: { now: Timestamp; own: ReadonlySet<Address> },
): Condition[] {
  const open = answerable(conditions, now)
  const theftIsDue = open.some((condition) => isTheft(condition) && isDue(condition, now))
  return open.filter((condition) => {
    if (condition.type === 'piggyback_available') return own.has(condition.owner)
    if (!('payees' in condition)) return true
    const ours = condition.payees.some((payee) => own.has(payee))
    return ours && !(condition.type === 'exit_processable' && theftIsDue)
  })
}

function isTheft({ type }: Condition): boolean {
  return type === 'invalid_exit' || type === 'invalid_piggyback' || type === 'invalid_ife_challenge'
}

/**
 * For how long a theft that may be paid holds our own payouts back. By then our challenge has landed or never will, and
 * an in-flight exit that was processed without paying anything leaves no event by which it could be told.
 */
const HELD_BACK_SECONDS = 3_600n

/** Whether whoever processes exits now might pay it. */
function isDue({ deadline }: Condition, now: Timestamp): boolean {
  return deadline !== undefined && deadline <= now && now < deadline + HELD_BACK_SECONDS
}
