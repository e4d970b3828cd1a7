import type { Wei } from '../../src/plasma/units.ts'

const WEI = 10n ** 18n

/** Whole ether, or whole tokens, in their smallest units. */
export function whole(amount: number): Wei {
  return (BigInt(amount) * WEI) as Wei
}
