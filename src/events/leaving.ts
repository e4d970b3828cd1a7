import type { Condition } from '../exit-game/condition.ts'
import type { Alarm } from '../lib/alarm.ts'
import { formatOccurrence, identityOf } from './identity.ts'

/** The conditions that ask users to leave the chain, and what each means. */
const REASONS: Partial<Record<Condition['type'], string>> = {
  unchallenged_exit: 'an invalid exit goes unchallenged',
  unchallenged_noncanonical_ife: 'a non-canonical in-flight exit goes unchallenged',
  unchallenged_piggyback: 'an invalid piggyback goes unchallenged',
  invalid_block: 'the operator has published an invalid block',
  block_withholding: 'the operator withholds a block',
}

/**
 * What a person has to hear of when the guard must not leave by itself: a reason to leave is true.
 *
 * @param why - Why the guard stays.
 */
export function mustStay(conditions: readonly Condition[], why: string): Alarm[] {
  return conditions.flatMap((condition): Alarm[] => {
    const reason = REASONS[condition.type]
    if (reason === undefined) return []
    return [
      {
        ...{ kind: 'cannot_leave', level: 'critical', subject: identityOf(condition) },
        message: `Users should leave the chain because ${reason}; the guard does not: ${why}.`,
        ...('blknum' in condition ? { blknum: condition.blknum } : { exitId: condition.exitId }),
        occurrence: formatOccurrence(condition.occurrence),
        ...(condition.deadline === undefined ? {} : { until: condition.deadline }),
      },
    ]
  })
}
