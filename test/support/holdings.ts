import type { ExitGame } from '../../src/exit-game/exit-game.ts'
import type { ExitPlan, Terms } from '../../src/exit-game/exit-plan.ts'
import { holdingsOf, type Holdings } from '../../src/exit-game/holdings.ts'
import { recoverSigners, type KnownTransaction } from '../../src/exit-game/known-transaction.ts'
import { planExit } from '../../src/exit-game/plan-exit.ts'
import type { SignedTransaction } from '../../src/plasma/transaction.ts'
import { ETH, type Timestamp, type UtxoPos } from '../../src/plasma/units.ts'
import { gameOf, MEP, recovery, timeOf, type ChildChain } from './exits.ts'
import type { Signer } from './signers.ts'

type Leaving = {
  chain: ChildChain
  people: readonly Signer[]
  /** Signed transactions that were handed to the guard. */
  archived?: readonly SignedTransaction[]
  /** What the first bad block holds, where it is shown. */
  rejected?: readonly SignedTransaction[]
  game?: ExitGame
  terms?: Partial<Terms>
}

/** A transaction with whoever signed it. */
export function known(signed: SignedTransaction): KnownTransaction {
  return recoverSigners(signed, recovery)
}

/** What some people have, by our own verification. */
export function holdingsIn({ chain, people, archived = [], rejected, game = gameOf() }: Leaving): Holdings {
  const own = new Set(people.map(({ address }) => address))
  return holdingsOf(
    { game, evidence: chain.evidence, ledger: chain.ledger },
    {
      own,
      archived: archived.map(known),
      ...(rejected && { rejected: { blknum: chain.ledger.nextBlknum(), transactions: rejected.map(known) } }),
    },
  )
}

/** How some people leave. Without other terms there is a queue of ether, and no block is bad. */
export function planOf(leaving: Leaving): ExitPlan {
  const own = new Set(leaving.people.map(({ address }) => address))
  const terms: Terms = { own, now: NOW, minExitPeriod: MEP, queues: new Set([ETH]), ...leaving.terms }
  return planExit(holdingsIn(leaving), terms)
}

export const NOW: Timestamp = timeOf(100)

/** A plan that asks for nothing. */
export const nothing: ExitPlan = { inFlightExits: [], piggybacks: [], standardExits: [], unsaveable: [], exiting: [] }

/** Positions of the outputs that leave by standard exits, in order. */
export function standard(plan: ExitPlan): UtxoPos[] {
  return plan.standardExits.map(({ data }) => data.utxo_pos)
}

/** Transactions that are exited, with what joins each. */
export function inFlight(plan: ExitPlan) {
  return plan.inFlightExits.map(({ txHash, piggybacks }) => ({
    txHash,
    pieces: piggybacks.map(({ side, index }) => `${side} ${index}`),
  }))
}

/** What stays behind: why, how much, and where it is. */
export function left(plan: ExitPlan) {
  return plan.unsaveable.map(({ output, because, ...where }) => [
    because,
    output.amount,
    ...('utxoPos' in where ? [where.utxoPos] : [where.txHash, where.index]),
  ])
}
