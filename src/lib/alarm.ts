/** Something that no task answers and that a person should hear of. Kind and subject are its name. */
export type Alarm = {
  /** One word, such as `blind`. */
  kind: string
  /** What exactly it is about: the same matter has the same subject. */
  subject: string
  /** What happened and what to do, one sentence. */
  message: string
  level: 'info' | 'warning' | 'critical'
  exitId?: bigint
  blknum?: bigint
  /** The root chain log that it speaks of, as events carry it. */
  occurrence?: string
}
