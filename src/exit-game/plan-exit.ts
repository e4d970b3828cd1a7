import type { Output } from '../plasma/transaction.ts'
import { ETH } from '../plasma/units.ts'
import type { ExitPlan, PlannedInFlightExit, Terms } from './exit-plan.ts'
import type { Holdings } from './holdings.ts'
import { planInFlightExits } from './plan-in-flight-exits.ts'
import { planStandardExits } from './plan-standard-exits.ts'

/**
 * Plans how to leave the child chain: which exits bring the money of the accounts home, in which order, until when, and
 * what none can. Decides by what is signed and what can be proven (contracts v1.0.4, sections 5 to 9):
 *
 * - an output that was never signed away exits by itself, as old as its block;
 * - an input that was signed away exits with the transaction that spends it, or that signature would challenge it;
 * - somebody else's transaction is not ours to start, unless the invalid block shows that its sender stands by it;
 * - of a chain of transactions in no valid block only the first has inputs that can be proven.
 */
export function planExit(holdings: Holdings, terms: Terms): ExitPlan {
  const inFlight = planInFlightExits(holdings, terms)
  const standard = planStandardExits(holdings, terms, inFlight.settled)
  return {
    inFlightExits: inFlight.exits.toSorted((one, other) => byValue(pieces(one), pieces(other))),
    piggybacks: inFlight.piggybacks.toSorted((one, other) => byValue([one.output], [other.output])),
    standardExits: standard.exits.toSorted((one, other) => byValue([one.output], [other.output])),
    unsaveable: [...inFlight.unsaveable, ...standard.unsaveable],
    exiting: standard.exiting,
  }
}

function pieces({ piggybacks }: PlannedInFlightExit): Output[] {
  return piggybacks.map(({ output }) => output)
}

/** Ether before tokens, whose worth nobody here knows; much before little. */
function byValue(one: readonly Output[], other: readonly Output[]): number {
  const ether = sum(other, 'ether') - sum(one, 'ether')
  return Number(ether === 0n ? sum(other, 'tokens') - sum(one, 'tokens') : ether)
}

function sum(outputs: readonly Output[], what: 'ether' | 'tokens'): bigint {
  const counted = outputs.filter(({ currency }) => (currency === ETH) === (what === 'ether'))
  return counted.reduce((total, { amount }) => total + amount, 0n)
}
