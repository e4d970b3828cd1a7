import type { Address, Wei } from '../plasma/units.ts'

/** Half a million gas, more than any challenge takes, at a thousand gwei. */
const ENOUGH = (500_000n * 1_000n * 10n ** 9n) as Wei

type Parts = {
  /** In the order of the configuration. */
  accounts: readonly [Address, ...Address[]]
  balance: (account: Address) => Promise<Wei>
}

/**
 * Who gives an answer that any of our accounts may give: the first that could pay for it at the highest price; when none
 * could, the richest. A single account is not asked for its balance.
 */
export function createResponder({ accounts, balance }: Parts): () => Promise<Address> {
  return async () => {
    let [best] = accounts
    if (accounts.length === 1) return best
    let most = -1n
    for (const account of accounts) {
      const owned = await balance(account)
      if (owned >= ENOUGH) return account
      if (owned > most) [best, most] = [account, owned]
    }
    return best
  }
}
