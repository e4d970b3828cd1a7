import type { Hex } from './bytes.ts'

/**
 * How an answer ended; the words are the same on every wire.
 *
 * `done_by_us`, `done_by_other`: the chain shows it. `not_needed`: there is nothing to answer (any more).
 * `too_late`: processed, or phase 1 over where the contract asks for it. `refused`: policy or budget said no.
 * `impossible`: the contract will never accept it.
 */
export type Outcome = {
  outcome: 'done_by_us' | 'done_by_other' | 'not_needed' | 'too_late' | 'refused' | 'impossible'
  /** One sentence for a person. */
  reason: string
  /** The transaction that did it, when it was ours. */
  txHash?: Hex
}
