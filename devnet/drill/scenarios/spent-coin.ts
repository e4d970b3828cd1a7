import type { Included } from '../../actor-payment.ts'
import type { Deposited } from '../../actor-deposit.ts'
import { whole } from '../amounts.ts'
import type { World } from '../world.ts'

/** Mallory deposits, and pays it all to Bob in a child block: what she exits from now on is not hers. */
export async function mallorySpends(
  { mallory, bob, operator, tell }: Pick<World, 'mallory' | 'bob' | 'operator' | 'tell'>,
  currency: 'ether' | 'token' = 'ether',
): Promise<{ coin: Deposited; payment: Included }> {
  const coin = await (currency === 'ether' ? mallory.depositEther(whole(5)) : mallory.depositToken(whole(5)))
  const payment = await mallory.pay(coin, bob)
  await operator.formBlock()
  tell('Mallory has paid her deposit to Bob')
  return { coin, payment }
}
