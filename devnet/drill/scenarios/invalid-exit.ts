import { ETH } from '../../../src/plasma/units.ts'
import { processed, standardExitBond, standardExitState, vaultBalance } from '../contract-state.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { mallorySpends } from './spent-coin.ts'

export const invalidExitEth: Scenario<World> = {
  name: 'invalid_exit_eth',
  event: 'invalid_exit',
  modes: ['embedded', 'remote'],
  story: 'Mallory exits ether that she has spent; the guard challenges and gets her bond.',
  play: (world) => play(world, 'ether'),
}

export const invalidExitErc20: Scenario<World> = {
  name: 'invalid_exit_erc20',
  event: 'invalid_exit',
  modes: ['embedded', 'remote'],
  story: 'Mallory exits tokens that she has spent; the guard challenges and gets her bond.',
  play: (world) => play(world, 'token'),
}

async function play(world: World, currency: 'ether' | 'token'): Promise<void> {
  const { mallory, carol, guard, time, tell } = world
  await world.startGuard()
  const { coin } = await mallorySpends(world, currency)
  const inVault = await vaultBalance(world, currency)

  const exit = await mallory.startStandardExit(coin)
  tell('Mallory exits what she has spent')
  await guard.untilEvent('invalid_exit', exit.receipt)
  await guard.untilAnswered('challengeStandardExit')
  tell('the guard has challenged')
  expectEqual('the exit', await standardExitState(world, exit.exitId), 'challenged')
  await guard.hasEarned(await standardExitBond(world))

  await time.pass(world.minExitPeriod + 1n)
  const receipt = await carol.processExits(currency === 'ether' ? ETH : world.token)
  expectEqual('exits passed over', processed(receipt).omitted, [exit.exitId])
  expectEqual('what the vault holds', await vaultBalance(world, currency), inVault)
  await guard.hasSentOnly('challengeStandardExit')
}
