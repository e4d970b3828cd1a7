import type { Fees } from './refusal.ts'

/** `/fees.all`: by transaction type what a payment costs, in each token that is taken. */
export function feesAnswer(fees: Fees): Record<string, unknown[]> {
  const payment = [...fees].map(([currency, amount]) => ({
    currency,
    amount,
    subunit_to_unit: 10n ** 18n,
    pegged_amount: null,
    pegged_currency: null,
    pegged_subunit_to_unit: null,
    updated_at: '2021-01-01T00:00:00Z',
  }))
  return { '1': payment }
}
