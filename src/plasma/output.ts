import type { Address, Wei } from './units.ts'

/** What a transaction creates. Type 1 is a payment's output, 2 a claimed fee. */
export type Output = { outputType: number; owner: Address; currency: Address; amount: Wei }
