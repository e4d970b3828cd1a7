import { lastOfPhaseOne } from '../exit-game/deadlines.ts'
import type { Stake } from '../exit-game/stake.ts'
import { vaultOf } from '../exit-game/vault.ts'
import { GuardError } from '../lib/errors.ts'
import type { Address, Timestamp } from '../plasma/units.ts'
import { isHeld } from './in-flight-exit.ts'
import type { InFlightExitState, Intent, Matter, World } from './task.ts'

/** Until when a call helps, and how much hangs on it. */
export type Urgency = Pick<Intent, 'deadline' | 'stake' | 'own'>

/** How the contract's state tells the urgency of a call. */
export type Clock = {
  /** Asked only where nobody who watches has told the deadline. */
  deadline?: () => Promise<Timestamp | undefined>
  stake?: () => Promise<Stake>
}

/**
 * The urgency of an answer: the deadline from whoever watches, else from the contract. What cannot be read is left out:
 * an answer without a deadline is better than none.
 */
export async function urgencyOf(matter: Matter, clock: Clock, world: World): Promise<Urgency> {
  const deadline = world.deadlineOf(matter) ?? (await readable(clock.deadline, world))
  const stake = await readable(clock.stake, world)
  return { ...(deadline === undefined ? {} : { deadline }), ...stake }
}

async function readable<Value>(
  read: (() => Promise<Value>) | undefined,
  { log }: Pick<World, 'log'>,
): Promise<Value | undefined> {
  try {
    return await read?.()
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    log.warn({ err: error }, 'the urgency of an answer is not known')
    return undefined
  }
}

/** The last second of phase 1; undefined for an exit that the contract does not hold. */
export function phaseOneOf(exit: InFlightExitState, { minExitPeriod }: World): Timestamp | undefined {
  return isHeld(exit) ? lastOfPhaseOne(exit.exitStartTimestamp, minExitPeriod) : undefined
}

/** The tokens that an in-flight exit may pay. */
export function tokensOf({ inputs, outputs }: InFlightExitState): Address[] {
  return [...inputs, ...outputs].flatMap(({ token, amount }) => (amount > 0n ? [token] : []))
}

/** The first second after which an exit may be paid in one of these tokens; undefined while it waits in no queue. */
export async function exitableAt(
  exitId: bigint,
  tokens: Iterable<Address>,
  { exitQueue }: Pick<World, 'exitQueue'>,
): Promise<Timestamp | undefined> {
  const queues = await Promise.all([...new Set(tokens)].map((token) => exitQueue({ vaultId: vaultOf(token), token })))
  return queues
    .flat()
    .filter((queued) => queued.exitId === exitId)
    .map((queued) => queued.exitableAt)
    .reduce<Timestamp | undefined>((first, at) => (first === undefined || at < first ? at : first), undefined)
}
