import type { StartedExit } from '../../devnet/actor-standard-exit.ts'
import { whole } from '../../devnet/drill/amounts.ts'
import { inFlightExitState, standardExitState } from '../../devnet/drill/contract-state.ts'
import type { Network } from '../support/guarded-network.ts'

/** Exits that ask a guard for {@link ANSWERS_PER_BATCH} answers of five kinds. */
export type Cheats = {
  /** What the contract holds of each. */
  state: () => Promise<readonly unknown[]>
}

const INVALID_EXITS = 5
export const ANSWERS_PER_BATCH = INVALID_EXITS + 4

/** Cheats in the same way every time: on two chains that did the same before, positions and exits have the same numbers. */
export async function cheat(network: Network): Promise<Cheats> {
  const { mallory, bob, alice, guard, operator, client, deployment } = network
  const spent = []
  for (let at = 0; at < INVALID_EXITS; at++) spent.push(await mallory.depositEther(whole(1)))
  const twice = await mallory.depositEther(whole(1))
  const shown = await mallory.depositEther(whole(1))
  const owed = await alice.depositEther(whole(5))
  for (const coin of [...spent, twice]) await mallory.pay(coin, bob)
  const honest = await mallory.pay(shown, bob)
  await operator.formBlock()

  const exits: StartedExit[] = []
  for (const coin of spent) exits.push(await mallory.startStandardExit(coin))
  const toHerself = (coin: typeof twice) => mallory.sign([coin], [{ to: mallory.address, amount: coin.amount }])

  const rival = toHerself(twice)
  await mallory.startInFlightExit(rival)
  await mallory.piggybackOnOutput(rival, 0)

  await bob.startInFlightExit(honest)
  await bob.piggybackOnOutput(honest, 0)
  await mallory.piggybackOnInput(honest, 0)
  await mallory.challengeNotCanonical(honest, toHerself(shown))

  const debt = alice.sign(
    [owed],
    [
      { to: guard.address, amount: whole(3) },
      { to: alice.address, amount: whole(2) },
    ],
  )
  await alice.startInFlightExit(debt)

  const chain = { client, contracts: deployment }
  return {
    state: () =>
      Promise.all([
        ...exits.map(({ exitId }) => standardExitState(chain, exitId)),
        ...[rival, honest, debt].map((payment) => inFlightExitState(chain, payment)),
      ]),
  }
}
