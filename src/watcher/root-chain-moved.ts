import { GuardError } from '../lib/errors.ts'

/** The root chain answered two questions from two different pasts; asking again later helps. */
export class RootChainMovedError extends GuardError {
  override readonly code = 'ROOT_CHAIN_MOVED'
  override readonly retryable = true

  constructor(number: bigint) {
    super(`The root chain changed while block ${String(number)} was read`, { number })
  }
}
