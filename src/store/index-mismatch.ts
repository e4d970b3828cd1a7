import { GuardError } from '../lib/errors.ts'

/** The index and what it is told do not fit: the ledger changed meanwhile, or the index is not what it should be. */
export class IndexMismatchError extends GuardError {
  override readonly code = 'INDEX_MISMATCH'
  override readonly retryable = true

  constructor(what: string) {
    super(`The index does not fit the ledger: ${what}.`, { what })
  }
}
