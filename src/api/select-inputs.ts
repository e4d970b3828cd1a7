import type { Address, Wei } from '../plasma/units.ts'
import type { IndexedOutput } from './info-index.ts'
import type { Purse } from './purse.ts'

export const MOST_INPUTS = 4
/** As many outputs as are merged by the transactions of one answer. */
export const MOST_MERGED = 400

export type Money = { currency: Address; amount: Wei }

/** Selected outputs by token. */
export type Selection = ReadonlyMap<Address, readonly IndexedOutput[]>

type Selected =
  { ok: true; selection: Selection } | { ok: false; missing: readonly { token: Address; missing: bigint }[] }

/** What is to be had for payments and fee: of each token the output that fits exactly, or else the greatest ones. */
export function selectInputs(purse: Purse, costs: readonly Money[]): Selected {
  const needed = [...sums(costs)].filter(([, amount]) => amount > 0n).sort(byCurrency)
  const missing = needed
    .map(([token, amount]) => ({ token, missing: amount - purse.total(token) }))
    .filter((lack) => lack.missing > 0n)
  if (missing.length > 0) return { ok: false, missing }
  const selection = needed.map(([currency, amount]) => [currency, cover(purse, { currency, amount })] as const)
  return { ok: true, selection: new Map(selection) }
}

/**
 * Fills the free inputs with the smallest other outputs of the same tokens, as elixir-omg does: a payment costs the same,
 * and its owner has fewer outputs to exit one day.
 */
export function withDust(purse: Purse, selection: Selection): Selection {
  const dust = [...selection.keys()]
    .map((currency) => smallestOthers(purse, currency, selection.get(currency) ?? []))
    .sort((left, right) => right.length - left.length)
    .flat()
    .slice(0, MOST_INPUTS - countOf(selection))
  const of = (currency: Address) => dust.filter((output) => output.currency === currency)
  return new Map([...selection].map(([currency, outputs]) => [currency, [...outputs, ...of(currency)]]))
}

export function countOf(selection: Selection): number {
  return [...selection.values()].reduce((count, { length }) => count + length, 0)
}

export function sums(money: readonly { currency: Address; amount: bigint }[]): Map<Address, bigint> {
  const total = new Map<Address, bigint>()
  for (const { currency, amount } of money) total.set(currency, (total.get(currency) ?? 0n) + amount)
  return total
}

function cover(purse: Purse, { currency, amount }: { currency: Address; amount: bigint }): IndexedOutput[] {
  const exact = purse.exactly(currency, amount)
  if (exact) return [exact]
  const outputs: IndexedOutput[] = []
  let left = amount
  for (const output of purse.outputs(currency, 'greatest')) {
    outputs.push(output)
    left -= output.amount
    if (left <= 0n || outputs.length === MOST_MERGED) break
  }
  return outputs
}

function smallestOthers(purse: Purse, currency: Address, selected: readonly IndexedOutput[]): IndexedOutput[] {
  const taken = new Set(selected.map(({ utxoPos }) => utxoPos))
  const others: IndexedOutput[] = []
  for (const output of purse.outputs(currency, 'smallest')) {
    if (!taken.has(output.utxoPos)) others.push(output)
    if (others.length === MOST_INPUTS - 1) break
  }
  return others
}

function byCurrency([left]: readonly [Address, bigint], [right]: readonly [Address, bigint]): number {
  return left < right ? -1 : 1
}
