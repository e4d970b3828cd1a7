import type { Timestamp } from '../plasma/units.ts'
import type { Condition, ConditionType } from './condition.ts'

/**
 * The conditions that a call may still answer, and those that make users leave. Where the contract asks for phase 1
 * the last second counts; any other answer is tried until its exit is gone, however late.
 */
export function answerable(conditions: readonly Condition[], now: Timestamp): Condition[] {
  return conditions.filter((condition) => isAnswerable(condition, now))
}

/** Until when the contract takes an answer; `any time` also for what is no answer at all but a reason to leave. */
const TAKEN: Record<ConditionType, 'in phase 1' | 'while the exit is there' | 'any time'> = {
  invalid_exit: 'while the exit is there',
  noncanonical_ife: 'in phase 1',
  invalid_ife_challenge: 'while the exit is there',
  invalid_piggyback: 'while the exit is there',
  piggyback_available: 'in phase 1',
  unchallenged_exit: 'any time',
  unchallenged_noncanonical_ife: 'any time',
  unchallenged_piggyback: 'any time',
  invalid_block: 'any time',
  block_withholding: 'any time',
  exit_processable: 'any time',
  bond_recoverable: 'any time',
}

function isAnswerable(condition: Condition, now: Timestamp): boolean {
  const taken = TAKEN[condition.type]
  if (taken === 'any time') return true
  if (condition.settled) return false
  if (condition.type === 'invalid_exit') return condition.spendingTxHash !== undefined
  return taken === 'while the exit is there' || condition.deadline === undefined || now < condition.deadline
}
