import { z } from 'zod'
import { processExitsCall } from '../exit-game/closing-calls.ts'
import { isInFlightExitId } from '../exit-game/exit-id.ts'
import { vaultOf } from '../exit-game/vault.ts'
import type { Outcome } from '../lib/outcome.ts'
import { giveAnswer } from './answer.ts'
import { address, attempt, decimal, occurrence } from './fields.ts'
import { isHeld } from './in-flight-exit.ts'
import { NotYetError } from './not-yet.ts'
import { stakeOf } from './stake-of.ts'
import { InvalidTaskInputError, task, type ExitQueue, type QueuedExit, type World } from './task.ts'

/**
 * How many exits one transaction processes at most. An in-flight exit takes up to 430,000 gas (contracts v1.0.4), so
 * this many stay below 9 million, and fit into a block.
 */
const MOST_EXITS = 20

/**
 * Pays out the queue of a token up to an exit of ours. What stands before it in the queue is older and comes first;
 * when that is more than one transaction can do, the exit stays processable and the next attempt goes on.
 */
export const processExits = task({
  key: 'processExits',
  input: z.object({ exit_id: decimal, vault_id: decimal, token: address, occurrence, attempt }),
  async run({ exit_id: exitId, vault_id: vaultId, token, occurrence: answered }, world) {
    if (vaultId !== vaultOf(token)) {
      throw new InvalidTaskInputError('processExits', `vault_id: expected the vault of ${token}`)
    }
    const exit = { exitId, queue: { vaultId, token } }
    const waiting = await world.exitQueue(exit.queue)
    const top = waiting[0]
    const ahead = waiting.findIndex((entry) => entry.exitId === exitId)
    const batch = BigInt(Math.min(ahead + 1, MOST_EXITS))
    return giveAnswer(
      {
        ...{ purpose: 'processExits', events: ['exit_processable'], exitId, token, occurrence: answered },
        variant: top ? nameOf(top) : 'empty queue',
        call: world.encode(processExitsCall(token, batch)),
        stake: () => stakeOf('exit_processable', { exitId, token }, world),
        settled: () => settled(exit, top, world),
      },
      world,
    )
  },
})

type Exit = { exitId: bigint; queue: ExitQueue }

async function settled(exit: Exit, top: QueuedExit | undefined, world: World): Promise<Outcome | undefined> {
  const closed = await closedExit(exit.exitId, world)
  if (closed) return closed
  const [waiting, now] = await Promise.all([world.exitQueue(exit.queue), world.now()])
  const place = waiting.find(({ exitId }) => exitId === exit.exitId)
  if (!place) return { outcome: 'not_needed', reason: 'the exit was processed for this token' }
  if (now <= place.exitableAt) throw new NotYetError('processExits', exit.exitId, place.exitableAt)
  const first = waiting[0]
  if (top && first && nameOf(first) !== nameOf(top)) {
    return { outcome: 'done_by_other', reason: 'somebody else has processed what stood at the top of the queue' }
  }
  return undefined
}

async function closedExit(
  exitId: bigint,
  { standardExit, inFlightExit }: Pick<World, 'standardExit' | 'inFlightExit'>,
): Promise<Outcome | undefined> {
  // Silences: no event tells that an in-flight exit was processed which had nothing to pay.
  const processed = { outcome: 'not_needed', reason: 'the exit was processed' } as const
  if (isInFlightExitId(exitId)) return isHeld(await inFlightExit(exitId)) ? undefined : processed
  const { amount, exitable } = await standardExit(exitId)
  if (amount === 0n) return processed
  return exitable ? undefined : { outcome: 'not_needed', reason: 'the exit was challenged: it will not be paid' }
}

/** An exit id may come back to the top of a queue; its second of payment is then another one. */
function nameOf({ exitId, exitableAt }: QueuedExit): string {
  return `${exitId}@${exitableAt}`
}
