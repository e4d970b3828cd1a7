import { processed, standardExitBond, standardExitState, vaultBalance, withdrawn } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { othersArePaid } from './closing.ts'
import { deposit } from './double-spend.ts'

export const standardExitOnInput: Scenario<World> = {
  name: 'standard_exit_on_input',
  event: 'invalid_exit',
  modes: ['embedded', 'remote'],
  story: 'Mallory exits the input of a payment; paid first, it would keep Bob from his output in flight.',
  async play(world) {
    const { mallory, bob, guard, time, tell } = world
    await world.startGuard()
    const coin = await deposit(mallory, 'ether')
    const payment = mallory.sign([coin], [{ to: bob.address, amount: coin.amount }])
    const exit = await mallory.startStandardExit(coin)
    await time.blocks(2)
    guard.hasEmittedOnly()

    const started = await bob.startInFlightExit(payment)
    await bob.piggybackOnOutput(payment, 0)
    tell('Bob has shown what Mallory has signed')
    await guard.untilEvent('invalid_exit', exit.receipt, started.blockNumber)
    await guard.untilAnswered('challengeStandardExit')
    expectEqual('the standard exit', await standardExitState(world, exit.exitId), 'challenged')

    const receipt = await othersArePaid(world, 'ether')
    expectEqual('exits passed over', processed(receipt).omitted, [exit.exitId])
    expectEqual('pieces paid', withdrawn(receipt), ['output 0'])
    expectEqual('ether in the vault', await vaultBalance(world, 'ether'), 0n)
    await guard.hasEarned(await standardExitBond(world))
    guard.hasEmittedOnly('invalid_exit')
    await guard.hasSentOnly('challengeStandardExit')
  },
}
