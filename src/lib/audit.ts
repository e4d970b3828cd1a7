/** Something that changed or was decided, for people who ask later what happened and why. Never secrets. */
export type AuditNote = {
  /** Chain seconds. */
  at: bigint
  /** What it is about, such as the key of an intent. */
  subject: string
  /** One word: the new state, or what was done, such as `mined` or `paused`. */
  what: string
  /** One sentence. */
  reason: string
}

/** The book of what happened; nothing in it is ever changed. */
export type Audit = { note: (note: AuditNote) => Promise<void> }
