import type { Condition } from '../exit-game/condition.ts'
import type { Alarm } from '../lib/alarm.ts'
import { formatOccurrence, identityOf } from './identity.ts'

/**
 * What a person has to hear of because nothing can be done about it any more: the contract has paid what was spent. A
 * piggyback that was merely passed over gives its owner nothing but its bond, so it never makes anybody leave.
 */
export function paidThefts(conditions: readonly Condition[]): Alarm[] {
  return conditions.flatMap((condition): Alarm[] => {
    if (condition.type !== 'invalid_exit' && condition.type !== 'unchallenged_piggyback') return []
    if (!condition.settled) return []
    const { exitId, occurrence } = condition
    return [
      {
        ...{ kind: 'invalid_finalization', level: 'critical', exitId, occurrence: formatOccurrence(occurrence) },
        subject: identityOf(condition),
        message: `Exit ${exitId} was paid although what it exits was spent: the vault lacks that money now.`,
      },
    ]
  })
}
