import type { At } from './contract-event.ts'
import { placeOf } from './history.ts'

/** What became of one input or output of an in-flight exit. */
export type Piggyback =
  | { status: 'absent' }
  | { status: 'claimed'; claimed: At }
  /** Challenged as spent. The owner may piggyback again while phase 1 lasts. */
  | { status: 'blocked'; claimed: At; blocked: At }
  | { status: 'paid'; claimed: At; paid: At }
  /** The token was processed and this piece got its bond back, but no payment. */
  | { status: 'passed_over'; claimed: At; passedOver: At }

/** What happens to a piece. `pass_over`: another piece of the same token was paid. */
export type PiggybackStep = 'claim' | 'block' | 'pay' | 'pass_over'

/** Folds one step into a piece. A step that the contract cannot have taken leaves it as it is; paid stays paid. */
export function advancePiggyback(piece: Piggyback, step: PiggybackStep, event: At): Piggyback {
  if (piece.status === 'paid') return piece
  const at = placeOf(event)
  if (step === 'claim') return { status: 'claimed', claimed: at }
  if (step === 'pay') return { status: 'paid', claimed: claimOf(piece) ?? at, paid: at }
  if (piece.status !== 'claimed') return piece
  const { claimed } = piece
  return step === 'block'
    ? { status: 'blocked', claimed, blocked: at }
    : { status: 'passed_over', claimed, passedOver: at }
}

/** The piggyback itself; undefined while there was none. */
export function claimOf(piece: Piggyback): At | undefined {
  return piece.status === 'absent' ? undefined : piece.claimed
}
