import { mnemonicToAccount, privateKeyToAddress } from 'viem/accounts'
import { type Hex, toHex } from '../src/lib/bytes.ts'
import type { Address } from '../src/plasma/units.ts'
import { MNEMONIC } from './chain.ts'

/**
 * The people of the devnet, in the order of the mnemonic's accounts. The deployer is the maintainer too, the authority
 * is the operator's address.
 */
const ROLES = ['deployer', 'authority', 'guard', 'alice', 'bob', 'carol', 'mallory'] as const

export type Role = (typeof ROLES)[number]

/** Each of them has 10,000 ether at the start. */
export type Account = { address: Address; privateKey: Hex }

export type Accounts = Readonly<Record<Role, Account>>

/** Everybody's keys, the same on every devnet. */
export function devnetAccounts(): Accounts {
  const parent = mnemonicToAccount(MNEMONIC, { path: "m/44'/60'/0'/0" }).getHdKey()
  const entries = ROLES.map((role, index) => {
    const privateKey = toHex(parent.deriveChild(index).privateKey ?? new Uint8Array())
    return [role, { address: privateKeyToAddress(privateKey).toLowerCase(), privateKey }] as const
  })
  return Object.fromEntries(entries) as Accounts
}
