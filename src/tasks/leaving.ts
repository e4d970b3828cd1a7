import type { ConditionType } from '../exit-game/condition.ts'
import type { ExitPlan } from '../exit-game/exit-plan.ts'
import { GuardError } from '../lib/errors.ts'
import type { Timestamp, Wei } from '../plasma/units.ts'

/** The events that ask a user to leave. */
export const leavingEvents = [
  'unchallenged_exit',
  'unchallenged_noncanonical_ife',
  'unchallenged_piggyback',
  'invalid_block',
  'block_withholding',
] as const satisfies readonly ConditionType[]

/** What asks to leave: an event about an exit or a block, standing on a root chain log. */
export type Cause = {
  type: (typeof leavingEvents)[number]
  exitId?: bigint
  blknum?: bigint
  /** As events carry it. */
  occurrence: string
}

/** What leaving asks of the world beside the contracts. */
export type Leaving = {
  /** Why this guard does not leave by itself; undefined when it may. */
  refusal: string | undefined
  /**
   * @throws {@link LeavingRefusedError} when the guard cannot stand behind the cause.
   * @throws a retryable GuardError when nobody can be asked now.
   */
  plan: (cause: Cause) => Promise<ExitPlan>
  /** Until when a start is worth its bond, as the last plan that named the exit had it. */
  deadlineOf: (exitId: bigint) => Timestamp | undefined
  /**
   * Whether an own signed transaction spends an output of a transaction that no valid block holds, as far as that can be
   * told.
   */
  hasPaidOn: (inFlightTx: Uint8Array, outputIndex: number) => Promise<boolean>
  /** What a transaction pays now, in wei per gas. */
  feePerGas: () => Promise<Wei>
  /**
   * The log that started the last exit of this id, in the words of events, when the contract is done with that one:
   * another exit of the same id is another matter.
   */
  endedStart: (exitId: bigint) => string | undefined
}

/** The guard does not leave by itself because of this: a person has to decide. */
export class LeavingRefusedError extends GuardError {
  override readonly code = 'LEAVING_REFUSED'

  constructor(cause: string, why: string) {
    super(`The guard does not leave the chain because of ${cause}: ${why}.`, { cause, why })
  }
}
