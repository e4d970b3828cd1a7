const WEI = 10n ** 18n

/** Whole ether, or whole tokens, in their smallest units. */
export function whole(amount: number): bigint {
  return BigInt(amount) * WEI
}
