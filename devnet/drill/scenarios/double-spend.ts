import type { Actor } from '../../actor.ts'
import type { Deposited } from '../../actor-deposit.ts'
import type { Included, Payment } from '../../actor-payment.ts'
import { whole } from '../amounts.ts'
import type { World } from '../world.ts'
import { mallorySpends } from './spent-coin.ts'

export type Currency = 'ether' | 'token'

/** Brings 5 whole units to the child chain. */
export function deposit(person: Actor, currency: Currency): Promise<Deposited> {
  return currency === 'ether' ? person.depositEther(whole(5)) : person.depositToken(whole(5))
}

/** Mallory pays her deposit to Bob in a child block, and signs it to herself as well, in a payment that no block holds. */
export async function mallorySpendsTwice(
  world: Pick<World, 'mallory' | 'bob' | 'operator' | 'tell'>,
  currency: Currency,
): Promise<{ payment: Included; rival: Payment }> {
  const { coin, payment } = await mallorySpends(world, currency)
  return { payment, rival: signedToHerself(world, coin) }
}

/** A payment of Mallory's coin to Mallory. */
export function signedToHerself({ mallory }: Pick<World, 'mallory'>, coin: Deposited): Payment {
  return mallory.sign([coin], [{ to: mallory.address, amount: coin.amount }])
}
