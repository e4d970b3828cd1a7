import type { ExitGameEvent } from '../exit-game/contract-event.ts'
import { emptyGame, foldGame, type ExitGame } from '../exit-game/exit-game.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import type { ChildChain } from './child-chain.ts'
import type { ChainEvent, Facts } from './facts.ts'

export type Fold = {
  /** Takes in what was read since. When facts were taken back, everything is concluded again from those that are left. */
  refresh: () => void
  game: () => ExitGame
  childChain: () => ChildChain
}

type Sources = { facts: Facts; beginChildChain: () => ChildChain; recovery: Recovery }

/** Both chains as the facts make them. */
export function createFold({ facts, beginChildChain, recovery }: Sources): Fold {
  let generation = facts.generation()
  let at = 0
  let game = emptyGame(recovery)
  let childChain = beginChildChain()
  return {
    refresh: () => {
      if (facts.generation() !== generation) {
        generation = facts.generation()
        at = 0
        game = emptyGame(recovery)
        childChain = beginChildChain()
      }
      const news = facts.events().slice(at)
      at += news.length
      const ofGame = news.filter(isExitGameEvent)
      if (ofGame.length > 0) game = foldGame(game, ofGame)
    },
    game: () => game,
    childChain: () => childChain,
  }
}

function isExitGameEvent(event: ChainEvent): event is ExitGameEvent {
  return event.type !== 'DepositCreated' && event.type !== 'BlockSubmitted'
}
