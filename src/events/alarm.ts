import type { Alarm, Matter } from '../lib/alarm.ts'
import type { Logger } from '../lib/logger.ts'
import type { Timestamp } from '../plasma/units.ts'
import type { GuardEvent } from './event.ts'
import type { EventJournal } from './journal.ts'

/** Those who are told. What they do may fail, and must not wait for anybody's answer. */
export type People = {
  /** May come again for a matter that was raised before. */
  raised: (alarm: Alarm) => Promise<void>
  /** May come for a matter that was never raised. */
  lowered: (matter: Matter) => Promise<void>
}

type Ports = {
  journal: Pick<EventJournal, 'recall' | 'remember'>
  emit: (event: GuardEvent) => Promise<void>
  people: People
  log: Logger
}

/** Calls for a person. Neither call ever rejects. */
export type Alarms = {
  /** Says a matter once: again only after it was {@link Alarms.lower | lowered}. A program that starts anew logs it again. */
  raise: (alarm: Alarm) => Promise<void>
  /** The matter is over; when it comes back it is said again. */
  lower: (matter: Matter) => Promise<void>
  /** What was raised since the program started and not lowered, oldest first. */
  standing: () => readonly Alarm[]
}

/** Nobody asks when an alarm was raised: it is not due again by time. */
const NO_TIME = 0n as Timestamp

/** Emits alarms as events that no process answers, each once, and writes them into the log. */
export function createAlarms({ journal, emit, people, log }: Ports): Alarms {
  const standing = new Map<string, Alarm>()
  const inTurn = oneByOne((error) => {
    log.error({ err: error }, 'alarm could not be noted')
  })
  return {
    raise: (alarm) =>
      inTurn(async () => {
        const name = nameOf(alarm)
        if (standing.has(name)) return
        standing.set(name, alarm)
        const before = await journal.recall(name)
        const isNew = before === undefined || before.ended
        const attempt = (before?.attempt ?? 0) + (isNew ? 1 : 0)
        const event = eventOf(alarm, attempt)
        // `level` is the log line's own.
        const { level: severity, ...data } = event.data
        log.error({ ...data, severity, subject: alarm.subject }, 'alarm raised')
        if (isNew) {
          await journal.remember(name, { attempt, emittedAt: NO_TIME, ended: false })
          void emit(event).catch((error: unknown) => {
            log.warn({ err: error, identity: name }, 'event refused by the processes')
          })
        }
        await people.raised(alarm)
      }),
    lower: ({ kind, subject }) =>
      inTurn(async () => {
        const name = nameOf({ kind, subject })
        const before = await journal.recall(name)
        standing.delete(name)
        if (before === undefined || before.ended) return
        await people.lowered({ kind, subject })
        await journal.remember(name, { ...before, ended: true })
        log.info({ kind, subject }, 'alarm over')
      }),
    standing: () => [...standing.values()],
  }
}

function nameOf({ kind, subject }: Matter): string {
  return `alarm:${kind}:${subject}`
}

function eventOf({ kind, message, level, exitId, blknum, occurrence }: Alarm, attempt: number): GuardEvent {
  return {
    key: 'alarm',
    data: {
      ...{ kind, message, level },
      ...(exitId === undefined ? {} : { exit_id: exitId.toString() }),
      ...(blknum === undefined ? {} : { blknum: blknum.toString() }),
      ...(occurrence === undefined ? {} : { occurrence }),
      attempt,
    },
  }
}

/** Runs one piece of work after the other, whether the one before it succeeded or not. */
function oneByOne(failed: (error: unknown) => void): (work: () => Promise<void>) => Promise<void> {
  let last = Promise.resolve()
  return (work) => {
    last = last.then(work).catch(failed)
    return last
  }
}
