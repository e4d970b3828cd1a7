import type { Address } from '../plasma/units.ts'
import type { Purse } from './purse.ts'
import type { IndexedOutput } from './info-index.ts'
import { countOf, MOST_INPUTS, type Money, selectInputs, type Selection, sums, withDust } from './select-inputs.ts'

/** A payment without an owner is one whose receiver is not known yet. */
type Payment = Money & { owner: Address | undefined }

export type Order = {
  owner: Address
  payments: readonly Payment[]
  fee: Money
  metadata: Uint8Array | undefined
}

/** A transaction that somebody may sign. */
export type Draft = {
  inputs: readonly IndexedOutput[]
  outputs: readonly Payment[]
  fee: Money
  metadata: Uint8Array | undefined
}

/** `complete`: it pays. `intermediate`: what an owner has is too scattered to pay with, merge it first. */
type Advice =
  | { ok: true; result: 'complete' | 'intermediate'; drafts: readonly Draft[] }
  | { ok: false; error: 'insufficient_funds'; missing: readonly { token: Address; missing: bigint }[] }
  | { ok: false; error: 'too_many_inputs' | 'too_many_outputs' | 'empty_transaction' }

const MOST_OUTPUTS = 4

/** The transactions that get an order paid. */
export function advise(purse: Purse, order: Order): Advice {
  const selected = selectInputs(purse, [...order.payments, order.fee])
  if (!selected.ok) return { ok: false, error: 'insufficient_funds', missing: selected.missing }
  const { selection } = selected
  if (countOf(selection) > MOST_INPUTS) {
    const drafts = [...selection].flatMap(([, outputs]) => mergeDrafts(outputs))
    return drafts.length > 0 ? { ok: true, result: 'intermediate', drafts } : { ok: false, error: 'too_many_inputs' }
  }
  const plain = draftOf(selection, order)
  if (plain.outputs.length > MOST_OUTPUTS) return { ok: false, error: 'too_many_outputs' }
  if (plain.inputs.length === 0) return { ok: false, error: 'empty_transaction' }
  const merging = draftOf(withDust(purse, selection), order)
  return { ok: true, result: 'complete', drafts: [merging.outputs.length > MOST_OUTPUTS ? plain : merging] }
}

/** Transactions that make one output of each four of one owner and token. Merging costs no fee. */
export function mergeDrafts(outputs: readonly IndexedOutput[]): Draft[] {
  const drafts: Draft[] = []
  for (let at = 0; at < outputs.length; at += MOST_INPUTS) {
    const inputs = outputs.slice(at, at + MOST_INPUTS)
    const [first] = inputs
    if (!first || inputs.length === 1) continue
    const { owner, currency } = first
    const order = { owner, payments: [], fee: { currency, amount: 0n as Money['amount'] }, metadata: undefined }
    drafts.push(draftOf(new Map([[currency, inputs]]), order))
  }
  return drafts
}

function draftOf(selection: Selection, { owner, payments, fee, metadata }: Order): Draft {
  const costs = sums([...payments, fee])
  const change = [...selection].map(([currency, outputs]) => {
    const amount = (sums(outputs).get(currency) ?? 0n) - (costs.get(currency) ?? 0n)
    return { owner, currency, amount: amount as Money['amount'] }
  })
  const inputs = [...selection.values()].flat()
  return { inputs, outputs: [...payments, ...change.filter(({ amount }) => amount > 0n)], fee, metadata }
}
