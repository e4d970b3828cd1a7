import type { Wei } from '../plasma/units.ts'

/** What may be spent on gas in a day of chain time, and lie in bonds at the same time. */
export type Budget = { gasPerDay: Wei; lockedBonds: Wei }

/** `gas`: spent today, with what is under way. `bonds`: posted and not yet home. */
export type Spending = { gas: Wei; bonds: Wei }

/** What a call would add. */
export type Bill = { gas: Wei; bond: Wei; stake?: Wei; own?: boolean }

/**
 * Why a call is beyond the budget; undefined when it is not. Gas for own money is spent beyond the day's budget as long
 * as it is less than what it saves. A call without a bond needs no room for one.
 */
export function beyondBudget(spending: Spending, bill: Bill, budget: Budget): string | undefined {
  const gas = spending.gas + bill.gas
  if (gas > budget.gasPerDay && !saves(bill)) {
    return `The gas budget of a day is ${String(budget.gasPerDay)} wei, and ${String(gas)} would be spent.`
  }
  const bonds = spending.bonds + bill.bond
  if (bill.bond > 0n && bonds > budget.lockedBonds) {
    return `The budget for bonds is ${String(budget.lockedBonds)} wei, and ${String(bonds)} would lie in them.`
  }
  return undefined
}

function saves({ gas, stake, own }: Bill): boolean {
  return own === true && (stake === undefined || gas < stake)
}
