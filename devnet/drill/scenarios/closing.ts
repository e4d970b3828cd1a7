import { ETH } from '../../../src/plasma/units.ts'
import type { Receipt } from '../../wallet.ts'
import type { World } from '../world.ts'
import type { Currency } from './double-spend.ts'

/** Lets what waits in a token's queue mature; the guard, to whom some of it belongs, has it paid out. */
export async function guardIsPaid(world: World, started: Receipt): Promise<Receipt> {
  await mature(world)
  await world.guard.untilEvent('exit_processable', started, await world.time.height())
  return world.guard.untilAnswered('processExits')
}

/** The same, where nothing of it is the guard's. */
export async function othersArePaid(world: World, currency: Currency): Promise<Receipt> {
  await mature(world)
  return world.carol.processExits(currency === 'ether' ? ETH : world.token)
}

/** Lets phase 1 pass; the guard fetches its bond of an in-flight exit that nobody has joined. */
export async function guardDeletes({ guard, time, minExitPeriod }: World, started: Receipt): Promise<void> {
  await time.pass(minExitPeriod / 2n)
  await guard.untilEvent('bond_recoverable', started, await time.height())
  await guard.untilAnswered('deleteNonPiggybackedInFlightExit')
}

function mature({ time, minExitPeriod }: World): Promise<void> {
  return time.pass(2n * minExitPeriod + 1n)
}
