import type { Hex } from '../src/lib/bytes.ts'
import type { Accounts, Role } from './accounts.ts'
import type { Address } from '../src/plasma/units.ts'
import { type Actor, createActor } from './actor.ts'
import type { Leaves } from './actor-coin.ts'
import { type Contracts, openWallet } from './wallet.ts'

/** People who have a part in the stories. */
export const people = ['alice', 'bob', 'carol', 'mallory', 'guard'] as const satisfies readonly Role[]
export type Person = (typeof people)[number]

type Network = {
  url: string
  contracts: Contracts
  token: Address
  operatorUrl: string
  leaves: Leaves
  accounts: Accounts
}

/** Everybody, on one network. */
export function gatherPeople(network: Network): Readonly<Record<Person, Actor>> {
  const actor = (person: Person) => openActor(person, network.accounts[person].privateKey, network)
  return {
    alice: actor('alice'),
    bob: actor('bob'),
    carol: actor('carol'),
    mallory: actor('mallory'),
    guard: actor('guard'),
  }
}

function openActor(name: string, privateKey: Hex, network: Network): Actor {
  return createActor(name, openWallet({ ...network, privateKey }), network)
}
