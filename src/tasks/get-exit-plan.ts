import { z } from 'zod'
import { callsOf, costOf } from '../exit-game/exit-plan-cost.ts'
import { isEmpty, planId, type ExitPlan } from '../exit-game/exit-plan.ts'
import type { Alarm } from '../lib/alarm.ts'
import { orderInFlight, inFlightOnWire, standardOnWire } from './exit-wire.ts'
import { attempt, decimal, occurrence } from './fields.ts'
import { LeavingRefusedError, leavingEvents, type Cause } from './leaving.ts'
import { task, type World } from './task.ts'

/**
 * Plans how to leave, when the guard may and the cause is one that it stands behind; otherwise it fails, which ends the
 * process before anything is sent, and calls for a person.
 */
export const getExitPlan = task({
  key: 'getExitPlan',
  input: z.object({
    cause: z.enum(leavingEvents),
    exit_id: decimal.optional(),
    blknum: decimal.optional(),
    occurrence,
    attempt,
  }),
  async run({ cause: type, exit_id: exitId, blknum, occurrence: on, attempt: echoed }, world) {
    const cause: Cause = {
      ...{ type, occurrence: on },
      ...(exitId === undefined ? {} : { exitId }),
      ...(blknum === undefined ? {} : { blknum }),
    }
    const plan = await planOrAlarm(cause, echoed, world)
    for (const left of plan.unsaveable) await world.raise(alarmOf(left))
    return {
      plan_id: planId(plan, `${type} ${String(exitId ?? blknum)} ${on}`),
      cause: type,
      summary: await summarise(plan, world),
      in_flight_exits: plan.inFlightExits.map((exit) => inFlightOnWire(orderInFlight(exit))),
      standard_exits: plan.standardExits.map(standardOnWire),
      occurrence: on,
      attempt: echoed,
    }
  },
})

/** At the first attempt our own verification may only be slower than whoever reports; later it denies the cause. */
async function planOrAlarm(cause: Cause, nth: number, world: World): Promise<ExitPlan> {
  const { refusal } = world.leaving
  // Whoever set it so is told of every reason to leave; a cause that our own verification denies is news.
  if (refusal !== undefined) throw new LeavingRefusedError(cause.type, refusal)
  try {
    return await world.leaving.plan(cause)
  } catch (error) {
    if (!(error instanceof LeavingRefusedError) || nth === 1) throw error
    const { exitId, blknum, occurrence: on } = cause
    await world.raise({
      ...{ kind: 'cannot_leave', level: 'critical', occurrence: on },
      subject: `${cause.type} ${String(exitId ?? blknum)} ${on}`,
      message: `${error.message} Look into it: plasma-guard exit --dry-run shows what leaving would take.`,
      ...(exitId === undefined ? {} : { exitId }),
      ...(blknum === undefined ? {} : { blknum }),
    })
    throw error
  }
}

/** Money that no exit brings home is the owner's to know of, once. */
function alarmOf({ output, because, ...where }: ExitPlan['unsaveable'][number]): Alarm {
  const subject =
    'utxoPos' in where ? `output ${where.utxoPos}` : `output ${where.index} of transaction ${where.txHash}`
  const what = `${output.amount} of ${output.currency} in ${subject}`
  return { kind: 'left_behind', level: 'warning', subject, message: `No exit brings home ${what}: ${because}.` }
}

async function summarise(plan: ExitPlan, { bonds, leaving }: World): Promise<string> {
  const left = plan.unsaveable.length === 0 ? '' : ` ${plan.unsaveable.length} outputs cannot be saved.`
  if (isEmpty(plan)) return `There is nothing to bring home.${left}`
  const cost = costOf(callsOf({ ...plan, piggybacks: [] }, await bonds()), await leaving.feePerGas())
  const joins = plan.inFlightExits.reduce((sum, { piggybacks }) => sum + piggybacks.length, 0)
  return (
    `Starts ${plan.inFlightExits.length} in-flight exits with ${joins} piggybacks and ${plan.standardExits.length} ` +
    `standard exits, for ${cost.bonds} wei of bonds, which come back, and about ${cost.fees} wei of gas.${left}`
  )
}
