import type { ConditionType } from '../exit-game/condition.ts'
import type { Snapshot } from '../watcher/snapshot.ts'

/** What makes users leave: money that is sent into such a chain may be lost. */
const reasonsToLeave: ReadonlySet<ConditionType> = new Set([
  'invalid_block',
  'block_withholding',
  'unchallenged_exit',
  'unchallenged_noncanonical_ife',
  'unchallenged_piggyback',
])

/** Whether nothing is known for which users must leave the chain. */
export function isSecure({ childChain, conditions }: Snapshot): boolean {
  return !childChain.byzantineSince && !conditions.some(({ type }) => reasonsToLeave.has(type))
}
