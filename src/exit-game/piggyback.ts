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
  const at = placeOf(event)
  switch (piece.status) {
    case 'absent':
      if (step === 'claim') return { status: 'claimed', claimed: at }
      return step === 'pay' ? { status: 'paid', claimed: at, paid: at } : piece
    case 'claimed':
      return settle(piece.claimed, step, at)
    case 'blocked':
    case 'passed_over':
      if (step === 'claim') return { status: 'claimed', claimed: at }
      return step === 'pay' ? { status: 'paid', claimed: piece.claimed, paid: at } : piece
    case 'paid':
      return piece
  }
}

function settle(claimed: At, step: PiggybackStep, at: At): Piggyback {
  switch (step) {
    case 'claim':
      return { status: 'claimed', claimed: at }
    case 'block':
      return { status: 'blocked', claimed, blocked: at }
    case 'pay':
      return { status: 'paid', claimed, paid: at }
    case 'pass_over':
      return { status: 'passed_over', claimed, passedOver: at }
  }
}
