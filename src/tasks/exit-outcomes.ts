import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Fields } from './task.ts'

/** How one exit of a plan ended. */
export type ExitOutcome = Outcome & { exitId: bigint }

/** From the best to the worst: what the user must hear of comes last. */
const order: readonly Outcome['outcome'][] = [
  'not_needed',
  'done_by_other',
  'done_by_us',
  'too_late',
  'refused',
  'impossible',
]

/** The worst of several outcomes, as it stands for all of them. */
export function worst(outcomes: readonly Outcome[], none: Outcome): Outcome {
  return outcomes.reduce(
    (worse, each) => (order.indexOf(each.outcome) > order.indexOf(worse.outcome) ? each : worse),
    outcomes[0] ?? none,
  )
}

/**
 * What came of one step of leaving. A failure is an outcome, so that it never stops the rest; what may go better later
 * is `refused`, and asked for again with the next emission of the event.
 *
 * @throws when the program ends: then nothing more is to be begun.
 */
export async function outcomeOf(step: () => Promise<Outcome>, log: Logger): Promise<Outcome> {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof GuardError) || error.code === 'SUBMISSION_INTERRUPTED') throw error
    log.warn({ err: error }, 'a step of leaving failed')
    return error.retryable
      ? { outcome: 'refused', reason: `Not now: ${error.message}` }
      : { outcome: 'impossible', reason: error.message }
  }
}

/** The outputs of a task that carries out a part of a plan. */
export function outcomesOnWire(
  outcomes: readonly ExitOutcome[],
  { planId, occurrence }: { planId: string; occurrence: string },
): Fields {
  const { outcome, reason } = worst(outcomes, { outcome: 'not_needed', reason: 'The plan asks for no such exit.' })
  return {
    plan_id: planId,
    outcome,
    reason,
    items: outcomes.map((each) => ({
      exit_id: each.exitId.toString(),
      outcome: each.outcome,
      reason: each.reason,
      ...(each.txHash === undefined ? {} : { tx_hash: each.txHash }),
    })),
    occurrence,
  }
}
