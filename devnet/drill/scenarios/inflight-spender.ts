import { whole } from '../amounts.ts'
import { standardExitBond, standardExitState } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'

export const invalidExitInflightSpender: Scenario<World> = {
  name: 'invalid_exit_inflight_spender',
  event: 'invalid_exit',
  modes: ['embedded', 'remote'],
  story: 'Mallory exits an output whose spend stands in no block, but in the calldata of an in-flight exit.',
  async play(world) {
    const { mallory, bob, guard, tell } = world
    await world.startGuard()
    const coin = await mallory.depositEther(whole(5))
    const payment = mallory.sign([coin], [{ to: bob.address, amount: coin.amount }])
    await bob.startInFlightExit(payment)
    tell('Bob has started the in-flight exit of a payment that no block holds')

    const exit = await mallory.startStandardExit(coin)
    tell('Mallory exits what she has signed away')
    await guard.untilEvent('invalid_exit', exit.receipt)
    await guard.untilAnswered('challengeStandardExit')
    expectEqual('the exit', await standardExitState(world, exit.exitId), 'challenged')
    await guard.hasEarned(await standardExitBond(world))
    await guard.hasSentOnly('challengeStandardExit')
  },
}
