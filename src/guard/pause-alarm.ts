import type { Alarms } from '../events/alarm.ts'
import type { Condition } from '../exit-game/condition.ts'
import type { Timestamp } from '../plasma/units.ts'
import type { Gate } from './gate.ts'

const MATTER = { kind: 'paused', subject: 'guard' } as const

/** The alarm that stands while a person has paused the guard: it names what runs out first. */
export type PauseAlarm = {
  /** Takes what is true now. */
  see: (conditions: readonly Condition[]) => Promise<void>
  /** Says what is so now: to be called when the gate has moved. */
  tell: () => Promise<void>
  nextDeadline: () => Timestamp | undefined
}

export function createPauseAlarm(gate: Pick<Gate, 'state'>, alarms: Alarms): PauseAlarm {
  let waiting: readonly Condition[] = []
  let said: string | undefined
  const nextDeadline = () => earliest(waiting)
  const tell = async () => {
    const now = gate.state()
    const message = now.state === 'paused' ? textOf(now.since, nextDeadline()) : undefined
    if (message === said && message !== undefined) return
    said = message
    await alarms.lower(MATTER)
    if (message !== undefined) await alarms.raise({ ...MATTER, message, level: 'critical' })
  }
  return {
    nextDeadline,
    tell,
    see: (conditions) => {
      waiting = conditions
      return tell()
    },
  }
}

function earliest(conditions: readonly Condition[]): Timestamp | undefined {
  return conditions
    .flatMap(({ deadline }) => deadline ?? [])
    .reduce<Timestamp | undefined>((first, each) => (first === undefined || each < first ? each : first), undefined)
}

function textOf(since: number, deadline: Timestamp | undefined): string {
  const next =
    deadline === undefined
      ? 'nothing that it sees has a deadline'
      : `the next deadline is ${utc(Number(deadline) * 1000)}`
  return `The guard is paused since ${utc(since)} and answers nothing until \`plasma-guard resume\`: ${next}.`
}

function utc(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z')
}
