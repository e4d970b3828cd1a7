import type { Condition, ConditionType } from '../exit-game/condition.ts'
import type { Occurrence, Side } from '../exit-game/contract-event.ts'
import type { Address } from '../plasma/units.ts'

/** What on the chain an event speaks of: a block, an exit, a piece of an exit, or an exit's place in a token's queue. */
export type Subject = { blknum: bigint } | { exitId: bigint; side?: Side; index?: number; token?: Address }

/**
 * The one name of a thing to be answered: event key, chain key, occurrence. It does not depend on who noticed, so two
 * sources report one matter once; a restarted exit or a repeated piggyback is a new occurrence, so it is answered again.
 *
 * @param occurrence - As {@link formatOccurrence} writes it.
 */
export function identity(event: ConditionType, subject: Subject, occurrence: string): string {
  return `${event}:${chainKey(subject)}:${occurrence}`
}

export function identityOf(condition: Condition): string {
  return identity(condition.type, condition, formatOccurrence(condition.occurrence))
}

/** `0x<transaction hash>:<rank>`, as events and tasks carry it. */
export function formatOccurrence({ txHash, rank }: Occurrence): string {
  return `${txHash}:${rank}`
}

function chainKey(subject: Subject): string {
  if ('blknum' in subject) return `block ${subject.blknum}`
  const { exitId, side, index, token } = subject
  return [exitId, side, index, token].filter((part) => part !== undefined).join(' ')
}
