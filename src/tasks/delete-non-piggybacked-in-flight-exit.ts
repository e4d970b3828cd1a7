import { z } from 'zod'
import { deleteInFlightExitCall } from '../exit-game/closing-calls.ts'
import { lastOfPhaseOne } from '../exit-game/deadlines.ts'
import type { Outcome } from '../lib/outcome.ts'
import { giveAnswer } from './answer.ts'
import { attempt, decimal, occurrence } from './fields.ts'
import { isHeld } from './in-flight-exit.ts'
import { NotYetError } from './not-yet.ts'
import { stakeOf } from './stake-of.ts'
import { task, type World } from './task.ts'

/** Deletes an in-flight exit that nobody joined, after phase 1, which returns its bond to us. */
export const deleteNonPiggybackedInFlightExit = task({
  key: 'deleteNonPiggybackedInFlightExit',
  input: z.object({ exit_id: decimal, occurrence, attempt }),
  run: ({ exit_id: exitId, occurrence: answered }, world) =>
    giveAnswer(
      {
        ...{ purpose: 'deleteNonPiggybackedInFlightExit', events: ['bond_recoverable'], exitId, occurrence: answered },
        call: world.encode(deleteInFlightExitCall(exitId)),
        stake: () => stakeOf('bond_recoverable', { exitId }, world),
        settled: () => settled(exitId, world),
      },
      world,
    ),
})

async function settled(exitId: bigint, world: World): Promise<Outcome | undefined> {
  const [exit, now] = await Promise.all([world.inFlightExit(exitId), world.now()])
  if (!isHeld(exit)) return { outcome: 'done_by_other', reason: 'the exit was deleted or processed' }
  if (exit.exitMap !== 0n) return { outcome: 'not_needed', reason: 'the exit has piggybacks: it will be processed' }
  if (!world.own.has(exit.bondOwner)) {
    return { outcome: 'not_needed', reason: `the bond of the exit belongs to ${exit.bondOwner}` }
  }
  const last = lastOfPhaseOne(exit.exitStartTimestamp, world.minExitPeriod)
  if (now <= last) throw new NotYetError('deleteNonPiggybackedInFlightExit', exitId, last)
  return undefined
}
