import { GuardError } from '../lib/errors.ts'
import type { Timestamp } from '../plasma/units.ts'

/** The contract would do nothing, or refuse, before a second of chain time has passed. */
export class NotYetError extends GuardError {
  override readonly code = 'NOT_YET'
  override readonly retryable = true

  constructor(purpose: string, exitId: bigint, after: Timestamp) {
    super(`It is too early for ${purpose} of exit ${exitId}: not before chain second ${after} has passed.`, {
      exitId,
      after,
    })
  }
}
