/** What alarms are about. A new kind needs its advice, see `notify/advice.ts`. */
export type AlarmKind =
  | 'answer_impossible'
  | 'answer_late'
  | 'answer_refused'
  | 'answer_stuck'
  | 'answer_too_late'
  | 'answer_urgent'
  | 'blind'
  | 'bond_updated'
  | 'cannot_leave'
  | 'clock_wrong'
  | 'contract_registered'
  | 'deep_reorganisation'
  | 'invalid_finalization'
  | 'left_behind'
  | 'node_down'
  | 'node_lagging'
  | 'node_wrong_chain'
  | 'nodes_disagree'
  | 'paused'
  | 'payment_failed'
  | 'unknown_exit'
  | 'unreadable_log'
  | 'unreadable_report'

export const alarmLevels = ['info', 'warning', 'critical'] as const
export type AlarmLevel = (typeof alarmLevels)[number]

/** Something that no task answers and that a person should hear of. Kind and subject are its name. */
export type Alarm = {
  kind: AlarmKind
  /** What exactly it is about: the same matter has the same subject. */
  subject: string
  /** What happened and what to do, one sentence. */
  message: string
  level: AlarmLevel
  exitId?: bigint
  blknum?: bigint
  /** The root chain log that it speaks of, as events carry it. */
  occurrence?: string
  /** Last chain second in which somebody can still do something about it, where there is one. */
  until?: bigint
}

/** The name of a matter. */
export type Matter = Pick<Alarm, 'kind' | 'subject'>
