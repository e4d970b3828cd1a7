import { oldestCompetitorPosition } from './canonicity.ts'
import type { Place } from '../plasma/ledger.ts'
import type { InFlightExit } from './in-flight-exit.ts'
import { spendsOf, txPosition, type Facts, type Spend } from './spends.ts'

/** Another transaction that spends an input of an in-flight transaction. */
export type Competitor = { spend: Spend; inFlightInputIndex: number }

/** The competitors of an in-flight exit, the oldest first; those that no block holds come last. */
export function competitorsOf(exit: InFlightExit, facts: Facts): Competitor[] {
  return oldestFirst(inputSpends(exit, facts))
}

/** Of each input of an in-flight exit, in order: what else spends it. */
export function inputSpends(exit: InFlightExit, facts: Facts): readonly (readonly Spend[])[] {
  return exit.inputs.map(({ utxoPos, output }) =>
    spendsOf(facts, { utxoPos, owner: output.owner, otherThan: exit.txHash }),
  )
}

export function oldestFirst(spendsByInput: readonly (readonly Spend[])[]): Competitor[] {
  const competitors: Competitor[] = []
  for (const [inFlightInputIndex, spends] of spendsByInput.entries()) {
    for (const spend of spends) competitors.push({ spend, inFlightInputIndex })
  }
  return competitors.sort(byAge)
}

/**
 * Whether the contract would accept this competitor, and whether it says the truth: a transaction that no block
 * holds counts only against one that no block holds either, an older one in a block counts always.
 */
export function isViable({ spend }: Competitor, exit: InFlightExit, inclusion: Place | undefined): boolean {
  const challenged = oldestCompetitorPosition(exit.canonicity)
  if (!spend.place) return challenged === undefined && !inclusion
  const position = txPosition(spend.place)
  const olderThanOwn = !inclusion || position < txPosition(inclusion)
  return olderThanOwn && (challenged === undefined || position < challenged)
}

function byAge(left: Competitor, right: Competitor): number {
  const [mine, other] = [left.spend.place, right.spend.place]
  if (!mine || !other) return Number(!mine) - Number(!other)
  return Number(txPosition(mine) - txPosition(other))
}
