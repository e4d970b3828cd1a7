import type { Scenario } from './scenario.ts'
import { blockWithholding } from './scenarios/block-withholding.ts'
import { blindWatcher, staleWatcher } from './scenarios/blind-watcher.ts'
import { bondsHome } from './scenarios/bonds-home.ts'
import { standardExitOnInput } from './scenarios/exit-on-input.ts'
import { honestChain } from './scenarios/honest-chain.ts'
import { invalidExitInflightSpender } from './scenarios/inflight-spender.ts'
import {
  invalidBlockDoubleSpend,
  invalidBlockForged,
  invalidBlockMint,
  invalidBlockPhantomInput,
  invalidBlockTheft,
} from './scenarios/invalid-block.ts'
import { invalidExitErc20, invalidExitEth } from './scenarios/invalid-exit.ts'
import { invalidIfeChallengePhase1, invalidIfeChallengePhase2 } from './scenarios/invalid-ife-challenge.ts'
import {
  invalidPiggybackInput,
  invalidPiggybackInputErc20,
  invalidPiggybackOutput,
  repeatedPiggyback,
} from './scenarios/invalid-piggyback.ts'
import { lostRaceBefore, lostRaceSameBlock } from './scenarios/lost-race.ts'
import { lyingWatcherLeave } from './scenarios/lying-watcher-leave.ts'
import { lyingWatcher } from './scenarios/lying-watcher.ts'
import {
  noncanonicalIfeIncluded,
  noncanonicalIfeIncludedErc20,
  noncanonicalIfeInflight,
  noncanonicalIfeInflightErc20,
  noncanonicalIfeOlder,
  noncanonicalIfeOlderErc20,
} from './scenarios/noncanonical-ife.ts'
import { piggybackAvailableInput, piggybackAvailableOutput } from './scenarios/piggyback-available.ts'
import { restartedExit } from './scenarios/restarted-exit.ts'
import { unchallengedExit } from './scenarios/unchallenged-exit.ts'
import {
  unchallengedNoncanonicalIfePhase1,
  unchallengedNoncanonicalIfePhase2,
  unchallengedPiggyback,
} from './scenarios/unchallenged-in-flight.ts'
import type { World } from './world.ts'

/** Every story that the drill plays, in order. */
export const scenarios: readonly Scenario<World>[] = [
  invalidExitEth,
  invalidExitErc20,
  invalidExitInflightSpender,
  restartedExit,
  lostRaceBefore,
  lostRaceSameBlock,
  standardExitOnInput,
  noncanonicalIfeIncluded,
  noncanonicalIfeIncludedErc20,
  noncanonicalIfeInflight,
  noncanonicalIfeInflightErc20,
  noncanonicalIfeOlder,
  noncanonicalIfeOlderErc20,
  invalidIfeChallengePhase1,
  invalidIfeChallengePhase2,
  invalidPiggybackInput,
  invalidPiggybackInputErc20,
  invalidPiggybackOutput,
  repeatedPiggyback,
  piggybackAvailableOutput,
  piggybackAvailableInput,
  bondsHome,
  honestChain,
  lyingWatcher,
  blindWatcher,
  staleWatcher,
  unchallengedExit,
  unchallengedNoncanonicalIfePhase1,
  unchallengedNoncanonicalIfePhase2,
  unchallengedPiggyback,
  invalidBlockMint,
  invalidBlockDoubleSpend,
  invalidBlockTheft,
  invalidBlockPhantomInput,
  invalidBlockForged,
  blockWithholding,
  lyingWatcherLeave,
]
