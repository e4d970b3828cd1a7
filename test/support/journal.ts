import type { EventJournal, Remembered } from '../../src/events/journal.ts'

/** A journal that a test can read, and hand to a second source as a restart would. */
export function memoryJournal(): EventJournal & { kept: Map<string, Remembered> } {
  const kept = new Map<string, Remembered>()
  return {
    kept,
    recall: async (identity) => kept.get(identity),
    remember: async (identity, remembered) => {
      kept.set(identity, remembered)
    },
    silent: async () => [...kept].filter(([, { silence }]) => silence).map(([identity]) => identity),
  }
}
