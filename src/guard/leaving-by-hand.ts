import type { Config } from '../config.ts'
import { formatOccurrence } from '../events/identity.ts'
import type { ExitPlan } from '../exit-game/exit-plan.ts'
import { openByHand, type Hand, type Surroundings } from './by-hand.ts'
import { orderInFlight } from '../tasks/exit-wire.ts'
import { outcomeOf, type ExitOutcome } from '../tasks/exit-outcomes.ts'
import { joinExit } from '../tasks/join-exit.ts'
import { startInFlightExits } from '../tasks/start-in-flight-exit.ts'
import { startStandardExits } from '../tasks/start-standard-exit.ts'
import type { World } from '../tasks/task.ts'

/** Leaving as a person commands it, without a daemon. */
export type Departure = Pick<Hand, 'prices' | 'resume' | 'ended'> & {
  plan: () => Promise<ExitPlan>
  /** Does what a plan says, once. Nothing is done twice, whatever was done before. */
  carryOut: (plan: ExitPlan) => Promise<readonly ExitOutcome[]>
}

/** @throws whatever {@link openByHand} throws. */
export async function openDeparture(config: Config, surroundings: Surroundings): Promise<Departure> {
  const { leaving, world, ...hand } = await openByHand(config, surroundings)
  return { ...hand, plan: () => leaving.plan(), carryOut: (plan) => carryOut(plan, world) }
}

/** In-flight exits come first: others need the time of phase 1 to join them. */
async function carryOut(plan: ExitPlan, world: World): Promise<ExitOutcome[]> {
  const inFlight = await startInFlightExits(plan.inFlightExits.map(orderInFlight), world)
  const joined: ExitOutcome[] = []
  for (const { started, ...piece } of plan.piggybacks) {
    const occurrence = formatOccurrence(started.occurrence)
    const join = () => joinExit({ ...piece, occurrence }, world)
    joined.push({ exitId: piece.exitId, ...(await outcomeOf(join, world.log)) })
  }
  const standard = await startStandardExits(
    plan.standardExits.map(({ exitId, data, addExitQueue }) => ({ exitId, data, addExitQueue })),
    world,
  )
  return [...inFlight, ...joined, ...standard]
}
