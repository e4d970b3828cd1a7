import type { ExitGameEvent } from '../exit-game/contract-event.ts'
import { emptyGame, foldGame, type ExitGame } from '../exit-game/exit-game.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import type { Facts } from './facts.ts'

export type Fold = {
  /** Takes in what was read since. When facts were taken back, everything is concluded again from those that are left. */
  refresh: () => void
  game: () => ExitGame
}

/** The exit game as the facts make it. */
export function createFold(facts: Pick<Facts, 'exitGameEvents' | 'generation'>, recovery: Recovery): Fold {
  let generation = facts.generation()
  let at = 0
  let game = emptyGame(recovery)
  return {
    refresh: () => {
      if (facts.generation() !== generation) {
        generation = facts.generation()
        at = 0
        game = emptyGame(recovery)
      }
      const news: readonly ExitGameEvent[] = facts.exitGameEvents(at)
      at += news.length
      if (news.length > 0) game = foldGame(game, news)
    },
    game: () => game,
  }
}
