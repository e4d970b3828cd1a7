import type { Scenario } from './scenario.ts'
import { honestChain } from './scenarios/honest-chain.ts'
import { invalidExitInflightSpender } from './scenarios/inflight-spender.ts'
import { invalidExitErc20, invalidExitEth } from './scenarios/invalid-exit.ts'
import { lostRaceBefore, lostRaceSameBlock } from './scenarios/lost-race.ts'
import { lyingWatcher } from './scenarios/lying-watcher.ts'
import { restartedExit } from './scenarios/restarted-exit.ts'
import type { World } from './world.ts'

/** Every story that the drill plays, in order. */
export const scenarios: readonly Scenario<World>[] = [
  invalidExitEth,
  invalidExitErc20,
  invalidExitInflightSpender,
  restartedExit,
  lostRaceBefore,
  lostRaceSameBlock,
  honestChain,
  lyingWatcher,
]
