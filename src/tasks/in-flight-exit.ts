import { lastOfPhaseOne } from '../exit-game/deadlines.ts'
import { inFlightExitId } from '../exit-game/exit-id.ts'
import type { Outcome } from '../lib/outcome.ts'
import { InvalidTaskInputError, type InFlightExitState, type World } from './task.ts'

/** Whether the contract holds the exit: it forgets one that was processed or deleted. */
export function isHeld({ exitStartTimestamp }: Pick<InFlightExitState, 'exitStartTimestamp'>): boolean {
  return exitStartTimestamp !== 0n
}

/** Whether a call in the next block would still be in phase 1, which is later than the latest block. */
export async function isPhaseOneOver(
  { exitStartTimestamp }: Pick<InFlightExitState, 'exitStartTimestamp'>,
  { now, minExitPeriod }: Pick<World, 'now' | 'minExitPeriod'>,
): Promise<boolean> {
  return (await now()) >= lastOfPhaseOne(exitStartTimestamp, minExitPeriod)
}

/** How an answer ended that came when the contract had nothing of the exit any more. */
export const GONE: Outcome = { outcome: 'too_late', reason: 'the exit is unknown to the contract, or was processed' }

/**
 * Checks that a raw transaction is that of the exit.
 *
 * @throws {@link InvalidTaskInputError}
 */
export function assertOfExit(task: string, field: string, { exitId, raw }: { exitId: bigint; raw: Uint8Array }): void {
  if (inFlightExitId(raw) === exitId) return
  throw new InvalidTaskInputError(task, `${field}: expected the transaction of exit ${exitId}`)
}
