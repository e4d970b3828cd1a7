import { ETH } from '../../../src/plasma/units.ts'
import { processed, standardExitBond, standardExitState, vaultBalance } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { mallorySpends } from './spent-coin.ts'

export const restartedExit: Scenario<World> = {
  name: 'restarted_exit',
  event: 'invalid_exit',
  modes: ['embedded', 'remote'],
  story: 'A challenged exit is passed over by processing and leaves no record; Mallory starts it again.',
  async play(world) {
    const { mallory, carol, guard, time, tell } = world
    await world.startGuard()
    const { coin } = await mallorySpends(world)
    const inVault = await vaultBalance(world, 'ether')

    const first = await mallory.startStandardExit(coin)
    await guard.untilEvent('invalid_exit', first.receipt)
    await guard.untilAnswered('challengeStandardExit')
    tell('the first exit is challenged')

    await time.pass(world.minExitPeriod + 1n)
    expectEqual('exits passed over', processed(await carol.processExits(ETH)).omitted, [first.exitId])
    expectEqual('the exit', await standardExitState(world, first.exitId), 'none')

    const second = await mallory.startStandardExit(coin)
    expectEqual('id of the exit', second.exitId, first.exitId)
    tell('Mallory has started it again')
    await guard.untilEvent('invalid_exit', second.receipt)
    await guard.untilAnswered('challengeStandardExit')

    expectEqual('the exit', await standardExitState(world, second.exitId), 'challenged')
    await guard.hasEarned(2n * (await standardExitBond(world)))
    expectEqual('what the vault holds', await vaultBalance(world, 'ether'), inVault)
    await guard.hasSentOnly('challengeStandardExit', 'challengeStandardExit')
  },
}
