import { inFlightExitId } from '../../../src/exit-game/exit-id.ts'
import { ETH } from '../../../src/plasma/units.ts'
import type { Payment } from '../../actor-payment.ts'
import type { Receipt } from '../../wallet.ts'
import type { World } from '../world.ts'
import type { Currency } from './double-spend.ts'

// How an in-flight exit ends whose bond, or a piece of which, is the guard's: where it watches for itself, it fetches
// its money; a Watcher tells it nothing of that, so there Carol does it.

type Ending = Pick<World, 'mode' | 'guard' | 'carol' | 'time' | 'token' | 'minExitPeriod'>

/** What the guard adds to its calls by {@link payGuard}, and to its events. */
export function payment({ mode }: Pick<World, 'mode'>): { calls: readonly string[]; events: readonly string[] } {
  return mode === 'embedded' ? { calls: ['processExits'], events: ['exit_processable'] } : { calls: [], events: [] }
}

/** What the guard adds by {@link deleteForGuard}. */
export function deletion({ mode }: Pick<World, 'mode'>): { calls: readonly string[]; events: readonly string[] } {
  return mode === 'embedded'
    ? { calls: ['deleteNonPiggybackedInFlightExit'], events: ['bond_recoverable'] }
    : { calls: [], events: [] }
}

/** Lets what waits in a token's queue mature, and has it paid out. */
export async function payGuard(
  world: Ending,
  { currency, started }: { currency: Currency; started: Receipt },
): Promise<Receipt> {
  const { mode, guard } = world
  if (mode === 'remote') return payByCarol(world, currency)
  await mature(world)
  await guard.untilEvent('exit_processable', started)
  return guard.untilAnswered('processExits')
}

/** The same, where nothing of it is the guard's. */
export async function payByCarol(world: Ending, currency: Currency): Promise<Receipt> {
  await mature(world)
  return world.carol.processExits(currency === 'ether' ? ETH : world.token)
}

/** Lets phase 1 pass, and ends an in-flight exit that nobody has joined. */
export async function deleteForGuard(
  { mode, guard, carol, time, minExitPeriod }: Ending,
  { raw, started }: Pick<Payment, 'raw'> & { started: Receipt },
): Promise<void> {
  await time.pass(minExitPeriod / 2n)
  if (mode === 'remote') {
    await carol.deleteNonPiggybacked(inFlightExitId(raw))
    return
  }
  await guard.untilEvent('bond_recoverable', started)
  await guard.untilAnswered('deleteNonPiggybackedInFlightExit')
}

function mature({ time, minExitPeriod }: Ending): Promise<void> {
  return time.pass(2n * minExitPeriod + 1n)
}
