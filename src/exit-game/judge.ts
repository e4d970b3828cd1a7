import type { Condition } from './condition.ts'
import type { Evidence } from './evidence.ts'
import type { ExitGame } from './exit-game.ts'
import { judgeInFlightExit } from './judge-in-flight-exit.ts'
import { judgeStandardExit } from './judge-standard-exit.ts'
import type { JudgeTime } from './judge-time.ts'

/**
 * Everything that is wrong, open to somebody or ready to be fetched in the exit game at one head, recomputed from
 * facts: complete, also where no call can answer any more. What to act on is picked by `answerable`.
 */
export function judge(game: ExitGame, evidence: Evidence, time: JudgeTime): Condition[] {
  const facts = { game, evidence }
  const conditions: Condition[] = []
  for (const exit of game.standardExits.values()) conditions.push(...judgeStandardExit(exit, facts, time))
  for (const exit of game.inFlightExits.values()) conditions.push(...judgeInFlightExit(exit, facts, time))
  return conditions
}
