import type { Alarms, People } from '../../src/events/alarm.ts'

/** Nobody is told. */
export const nobody: People = { raised: async () => {}, lowered: async () => {} }

/** Alarms in memory: `standing` says kind and subject of those that were raised and not lowered. */
export function standingAlarms(): { alarms: Alarms; standing: () => string[] } {
  const raised = new Set<string>()
  return {
    alarms: {
      raise: async ({ kind, subject }) => {
        raised.add(`${kind} ${subject}`)
      },
      lower: async ({ kind, subject }) => {
        raised.delete(`${kind} ${subject}`)
      },
      standing: () => [],
    },
    standing: () => [...raised],
  }
}
