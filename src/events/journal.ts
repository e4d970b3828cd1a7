import type { Hash, Timestamp } from '../plasma/units.ts'

/** What is remembered of an identity, for ever: attempts are never reset. */
export type Remembered = {
  /** Emissions so far. */
  attempt: number
  /** Chain second of the last emission. */
  emittedAt: Timestamp
  /** False while the processes that it started are still at work, and after a crash in the middle of them. */
  ended: boolean
  /** Set while nothing more is to be done about it; lifted when the chain state that it speaks of changes. */
  silence?: Silence
}

/** The end of an answer that no repetition improves, and the block at whose head it was reached. */
export type Silence = { outcome: 'too_late' | 'not_needed' | 'impossible'; reason: string; head: Block }

/** Enough of a root chain block to see later whether it is still there. */
export type Block = { number: bigint; hash: Hash }

/** The durable memory of the event source. Asynchronous, so that it may live on a database server. */
export type EventJournal = {
  recall: (identity: string) => Promise<Remembered | undefined>
  remember: (identity: string, remembered: Remembered) => Promise<void>
  /** Every identity that is silent now. */
  silent: () => Promise<readonly string[]>
}
