import type { ConditionType } from '../exit-game/condition.ts'
import type { Side } from '../exit-game/contract-event.ts'
import type { AlarmKind } from '../lib/alarm.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Address } from '../plasma/units.ts'
import type { Call, Fields, Matter, World } from './task.ts'
import { urgencyOf, type Clock } from './urgency.ts'

/** What an answering task achieves: one contract call about one exit, or one piece of it. */
export type Answer = Clock & {
  /** Contract function, as in the ABI. */
  purpose: string
  /** The events that this call answers. */
  events: readonly ConditionType[]
  exitId: bigint
  side?: Side
  index?: number
  /** Of an exit queue, for what is answered token by token. */
  token?: Address
  occurrence: string
  /** What makes this call another one than an earlier answer to the same thing: an older competitor, the next batch. */
  variant?: string
  call: Call
  /** The account that it has to come from; the responder when absent. */
  from?: Address
  /** Asks the contract's state whether anything is left to do; undefined while there is. */
  settled: () => Promise<Outcome | undefined>
}

/** Gives an answer once, tells the event source how it ended, and renders the end as the outputs of every answering task. */
export async function giveAnswer(answer: Answer, world: World): Promise<Fields> {
  const { purpose, events, exitId, occurrence, call, from, settled } = answer
  const subject = subjectOf(answer)
  const matter = { events, subject, occurrence }
  const intent = { ...call, ...(await urgencyOf(matter, answer, world)), key: keyOf(answer), purpose, settled }
  const outcome = await world.submit({ ...intent, ...(from === undefined ? {} : { from }) })
  await world.answered(matter, outcome)
  await alarmAt(answer, outcome, world)
  world.log.info({ purpose, ...subject, ...outcome }, 'answer ended')
  return {
    outcome: outcome.outcome,
    reason: outcome.reason,
    ...(outcome.txHash === undefined ? {} : { tx_hash: outcome.txHash }),
    exit_id: exitId.toString(),
    occurrence,
  }
}

function subjectOf({ exitId, side, index, token }: Matter['subject']) {
  return {
    exitId,
    ...(side === undefined ? {} : { side }),
    ...(index === undefined ? {} : { index }),
    ...(token === undefined ? {} : { token }),
  }
}

function keyOf(answer: Answer): string {
  const { purpose, occurrence, variant, call } = answer
  const named = [call.to, answerName(purpose, answer, occurrence)]
  return [...named, ...(variant === undefined ? [] : [variant])].join(':')
}

/** The name of an answer within its contract, without the variant: all answers of one function to one matter share it. */
export function answerName(purpose: string, subject: Matter['subject'], occurrence: string): string {
  return [purpose, ...Object.values(subjectOf(subject)), occurrence].join(':')
}

const alarming: Partial<Record<Outcome['outcome'], AlarmKind>> = {
  too_late: 'answer_too_late',
  impossible: 'answer_impossible',
}

/** What no repetition brings to a good end, a person should hear of. */
async function alarmAt(answer: Answer, { outcome, reason }: Outcome, { raise }: Pick<World, 'raise'>): Promise<void> {
  const kind = alarming[outcome]
  if (kind === undefined) return
  const { purpose, exitId, occurrence } = answer
  await raise({
    ...{ kind, exitId, occurrence, level: 'critical' },
    subject: keyOf(answer),
    message: `${purpose} of exit ${exitId} came to nothing: ${reason}`,
  })
}
