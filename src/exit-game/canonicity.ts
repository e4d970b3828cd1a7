import type { Address } from '../plasma/units.ts'
import type { At } from './contract-event.ts'
import { placeOf } from './history.ts'

/** Whether the contract believes an in-flight transaction to be the oldest spender of its inputs, and why. */
export type Canonicity =
  | { status: 'unchallenged' }
  /** `competitorPosition` is 2^256 - 1 for a competitor that no block holds. */
  | { status: 'challenged'; competitorPosition: bigint; challenger: Address; challenged: At }
  /** The in-flight transaction was shown at a position older than the competitor's. */
  | { status: 'responded'; position: bigint; challenger: Address; responded: At }

type By = At & { challenger: Address }

/** Folds in a challenge. The contract has checked that the competitor is older than the one before. */
export function challengeCanonicity(competitorPosition: bigint, event: By): Canonicity {
  const { challenger } = event
  return { status: 'challenged', competitorPosition, challenger, challenged: placeOf(event) }
}

/** Folds in a response; `challenger` is what the contract calls the responder. */
export function respondToChallenge(position: bigint, event: By): Canonicity {
  const { challenger } = event
  return { status: 'responded', position, challenger, responded: placeOf(event) }
}

/**
 * The contract's `oldestCompetitorPosition`: only something strictly older changes its mind. After a response that
 * is the in-flight transaction's own position; undefined when nobody has challenged (0 in the contract).
 */
export function oldestCompetitorPosition(canonicity: Canonicity): bigint | undefined {
  switch (canonicity.status) {
    case 'unchallenged':
      return undefined
    case 'challenged':
      return canonicity.competitorPosition
    case 'responded':
      return canonicity.position
  }
}
