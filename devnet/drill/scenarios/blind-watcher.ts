import { standardExitBond, standardExitState } from '../contract-state.ts'
import { type Claim, type Eyesight, serveFakeWatcher } from '../fake-watcher.ts'
import { expectEqual, type Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { claimAbout, proof } from './claim.ts'
import { mallorySpends } from './spent-coin.ts'

export const blindWatcher: Scenario<World> = {
  name: 'blind_watcher',
  event: 'invalid_exit',
  modes: ['remote'],
  story:
    'A Watcher is unavailable while Mallory exits what she has spent: an alarm, and the answer when it sees again.',
  play: (world) => play(world, 'unavailable'),
}

export const staleWatcher: Scenario<World> = {
  name: 'stale_watcher',
  event: 'invalid_exit',
  modes: ['remote'],
  story: 'A Watcher stands still while Mallory exits what she has spent: an alarm, and the answer when it moves again.',
  play: (world) => play(world, 'stale'),
}

async function play(world: World, blindness: Eyesight): Promise<void> {
  const { client, contracts, mallory, guard, time, tell } = world
  let eyesight: Eyesight = 'open'
  let claims: readonly Claim[] = []
  const watcher = await serveFakeWatcher({ client, contracts, claims: () => claims, eyesight: () => eyesight })
  world.ends.add('the Watcher', watcher.close)
  await world.startGuard({ watcherUrl: watcher.url })
  const { coin, payment } = await mallorySpends(world)

  eyesight = blindness
  const exit = await mallory.startStandardExit(coin)
  claims = [claimAbout(exit, proof(exit, payment))]
  tell('Mallory exits what she has spent, and the Watcher does not see it')
  await guard.untilWarned('blind')
  guard.hasEmittedOnly()

  eyesight = 'open'
  tell('the Watcher sees again')
  await guard.untilEvent('invalid_exit', exit.receipt, await time.height())
  await guard.untilAnswered('challengeStandardExit')
  await guard.log().until(({ msg, kind }) => msg === 'alarm over' && kind === 'blind', 'the alarm to be over')
  expectEqual('alarms', guard.warnings('blind'), 1)
  expectEqual('the exit', await standardExitState(world, exit.exitId), 'challenged')
  await guard.hasEarned(await standardExitBond(world))
  guard.hasEmittedOnly('invalid_exit')
  await guard.hasSentOnly('challengeStandardExit')
}
