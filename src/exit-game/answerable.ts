import type { Timestamp } from '../plasma/units.ts'
import { unreachable } from '../lib/unreachable.ts'
import type { Condition } from './condition.ts'

/**
 * The conditions that a call may still answer, and those that make users leave. Where the contract asks for phase 1
 * the last second counts; any other answer is tried until its exit is gone, however late.
 */
export function answerable(conditions: readonly Condition[], now: Timestamp): Condition[] {
  return conditions.filter((condition) => isAnswerable(condition, now))
}

function isAnswerable(condition: Condition, now: Timestamp): boolean {
  switch (condition.type) {
    case 'invalid_exit':
      return !condition.settled && condition.spendingTxHash !== undefined
    case 'noncanonical_ife':
    case 'piggyback_available':
      return !condition.settled && (condition.deadline === undefined || now < condition.deadline)
    case 'invalid_ife_challenge':
    case 'invalid_piggyback':
      return !condition.settled
    case 'unchallenged_exit':
    case 'unchallenged_noncanonical_ife':
    case 'unchallenged_piggyback':
    case 'invalid_block':
    case 'block_withholding':
    case 'exit_processable':
    case 'bond_recoverable':
      return true
    default:
      return unreachable(condition)
  }
}
