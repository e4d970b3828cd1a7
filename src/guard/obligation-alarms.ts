import type { Alarms } from '../events/alarm.ts'
import type { Standing } from '../events/board.ts'
import type { Condition } from '../exit-game/condition.ts'
import type { Alarm, AlarmKind } from '../lib/alarm.ts'
import type { Logger } from '../lib/logger.ts'
import type { Timestamp } from '../plasma/units.ts'
import { asksToLeave, type Duty, type Obligations } from './obligations.ts'

type Ports = {
  standing: () => Standing | undefined
  duties: Obligations['duties']
  alarms: Pick<Alarms, 'raise' | 'lower'>
  log: Logger
}

/** The most that counts as near where nobody knows since when a matter stands. */
const NEAR_SECONDS = 600n

/**
 * Calls for a person when an answer is not mined although its deadline is near: `answer_urgent` in the last quarter of
 * the time that there was, counted from when the guard first saw the matter where nobody knows when it began, and then in
 * the last ten minutes at most; `answer_late` when the deadline has passed. Each once, as every alarm. What is near is found from the conditions alone, so that a look costs nothing
 * while all is well. `look` is called at every head and never rejects.
 */
export function createObligationAlarms({ standing, duties, alarms, log }: Ports): { look: () => Promise<void> } {
  let near: ReadonlyMap<string, Near> = new Map()
  let last = Promise.resolve()
  let firstSeen: ReadonlyMap<string, Timestamp> = new Map()

  async function look(): Promise<void> {
    const seen = standing()
    if (!seen) return
    const { conditions, head } = seen
    const before = near
    firstSeen = new Map([...conditions.keys()].map((name) => [name, firstSeen.get(name) ?? head.timestamp]))
    const nearNow = new Map(
      [...conditions].filter(([name, condition]) => isNear(condition, firstSeen.get(name), head.timestamp)),
    )
    const found = await duties(nearNow, head.timestamp)
    near = new Map(found.map((duty) => [duty.identity, { condition: nearNow.get(duty.identity), state: duty.state }]))
    for (const duty of found) await say(duty, alarms)
    for (const duty of await duties(without(before, conditions), head.timestamp)) {
      await conclude(duty, before.get(duty.identity)?.state, alarms)
    }
  }

  return {
    look: () => {
      last = last.then(look).catch((error: unknown) => {
        log.error({ err: error }, 'deadlines could not be looked at')
      })
      return last
    },
  }
}

/** What was near at the last look, and how it stood then: the journal forgets the silence of what is gone. */
type Near = { condition: Condition | undefined; state: Duty['state'] }

function without(before: ReadonlyMap<string, Near>, present: Standing['conditions']): Map<string, Condition> {
  const gone = new Map<string, Condition>()
  for (const [identity, { condition }] of before) {
    if (condition && !present.has(identity)) gone.set(identity, condition)
  }
  return gone
}

function isNear({ since, deadline }: Condition, seen: Timestamp | undefined, now: Timestamp): boolean {
  if (deadline === undefined) return false
  const isKnown = since !== undefined && since < deadline
  const quarter = (deadline - (isKnown ? since : (seen ?? now))) / 4n
  return deadline - now <= (isKnown || quarter < NEAR_SECONDS ? quarter : NEAR_SECONDS)
}

async function say(duty: Duty, { raise, lower }: Ports['alarms']): Promise<void> {
  if (duty.state === 'answered' || duty.state === 'silent') return lower(urgent(duty))
  // Leaving has alarms of its own; what was begun must land all the same.
  if (asksToLeave(duty.event) && duty.transactions.length === 0) return
  if (duty.state === 'overdue') return raise(late(duty))
  return raise(urgent(duty))
}

/** Where the contract asks for phase 1, a matter is gone from sight in the second in which it is lost. */
async function conclude(
  duty: Duty,
  before: Duty['state'] | undefined,
  { raise, lower }: Ports['alarms'],
): Promise<void> {
  await lower(urgent(duty))
  const inPhaseOne = duty.event === 'noncanonical_ife' || duty.event === 'piggyback_available'
  if (!inPhaseOne) return lower(late(duty))
  const isOver = duty.left !== undefined && duty.left <= 0n
  if (isOver && duty.state !== 'answered' && before !== 'silent') await raise(late(duty))
}

function urgent(duty: Duty): Alarm {
  return {
    ...of(duty, 'answer_urgent'),
    message: `${matterOf(duty)} has no mined answer, and its last safe second is ${String(duty.deadline)}: see plasma-guard status.`,
  }
}

function late(duty: Duty): Alarm {
  return {
    ...of(duty, 'answer_late'),
    message: `${matterOf(duty)} had no mined answer when its last safe second ${String(duty.deadline)} passed. It is tried as long as the contract takes it.`,
  }
}

function of({ identity, exitId, blknum, occurrence }: Duty, kind: AlarmKind): Omit<Alarm, 'message'> {
  return {
    ...{ kind, subject: identity, level: 'critical', occurrence },
    ...(exitId === undefined ? {} : { exitId }),
    ...(blknum === undefined ? {} : { blknum }),
  }
}

function matterOf({ event, exitId, blknum, side, index }: Duty): string {
  const piece = side === undefined ? '' : ` ${side} ${String(index)}`
  return blknum === undefined ? `${event} of exit ${String(exitId)}${piece}` : `${event} of block ${blknum}`
}
