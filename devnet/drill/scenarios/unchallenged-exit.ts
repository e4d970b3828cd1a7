import { whole } from '../amounts.ts'
import { standardExitBond, standardExitState, vaultBalance } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { onlyEvents } from './bad-block.ts'
import { exitOf, LEAVING, MARGIN, saveUp, untilExiting } from './own-money.ts'
import { payday } from './payday.ts'
import { mallorySpends } from './spent-coin.ts'

const COIN = whole(10)

export const unchallengedExit: Scenario<World> = {
  name: 'unchallenged_exit',
  event: 'unchallenged_exit',
  modes: ['embedded', 'remote'],
  story:
    'An invalid exit has stood for too long when the guard comes: it is challenged, for no exit can overtake it, and own money leaves.',
  async play(world) {
    const { mallory, guard, time, tell } = world
    const { coins, deposit } = await saveUp(world, COIN)
    const { coin } = await mallorySpends(world)
    const exit = await mallory.startStandardExit(coin)
    await time.mine(MARGIN)
    tell('nobody has challenged')
    await world.startGuard(LEAVING)

    await guard.untilEvent('unchallenged_exit', exit.receipt)
    await guard.untilAnswered('challengeStandardExit')
    expectEqual('the exit', await standardExitState(world, exit.exitId), 'challenged')
    const own = [...coins, deposit]
    await untilExiting(world, own)
    await guard.hasSentOnly('challengeStandardExit', ...own.map(() => 'startStandardExit'))
    onlyEvents(world, 'invalid_exit', 'unchallenged_exit')

    const saved = COIN + deposit.amount
    await payday(world, {
      ...{ own: own.map(exitOf), before: [exit.exitId], omitted: [exit.exitId] },
      earned: saved + (await standardExitBond(world)),
      left: (await vaultBalance(world, 'ether')) - saved,
    })
    onlyEvents(world, 'invalid_exit', 'unchallenged_exit', 'exit_processable')
  },
}
