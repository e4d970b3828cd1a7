import { challengeInFlightExitInputSpent } from './challenge-in-flight-exit-input-spent.ts'
import { challengeInFlightExitNotCanonical } from './challenge-in-flight-exit-not-canonical.ts'
import { challengeInFlightExitOutputSpent } from './challenge-in-flight-exit-output-spent.ts'
import { challengeStandardExit } from './challenge-standard-exit.ts'
import { deleteNonPiggybackedInFlightExit } from './delete-non-piggybacked-in-flight-exit.ts'
import { getChallengeData } from './get-challenge-data.ts'
import { getCompetitor } from './get-competitor.ts'
import { getExitPlan } from './get-exit-plan.ts'
import { getInputChallengeData } from './get-input-challenge-data.ts'
import { getOutputChallengeData } from './get-output-challenge-data.ts'
import { piggybackInFlightExitOnInput } from './piggyback-in-flight-exit-on-input.ts'
import { piggybackInFlightExitOnOutput } from './piggyback-in-flight-exit-on-output.ts'
import { processExits } from './process-exits.ts'
import { proveCanonical } from './prove-canonical.ts'
import { respondToNonCanonicalChallenge } from './respond-to-non-canonical-challenge.ts'
import { startInFlightExit } from './start-in-flight-exit.ts'
import { startStandardExit } from './start-standard-exit.ts'
import type { Task } from './task.ts'

/** Every task, once. */
export const tasks: readonly Task[] = [
  getChallengeData,
  challengeStandardExit,
  getCompetitor,
  challengeInFlightExitNotCanonical,
  proveCanonical,
  respondToNonCanonicalChallenge,
  getInputChallengeData,
  challengeInFlightExitInputSpent,
  getOutputChallengeData,
  challengeInFlightExitOutputSpent,
  piggybackInFlightExitOnInput,
  piggybackInFlightExitOnOutput,
  getExitPlan,
  startInFlightExit,
  startStandardExit,
  processExits,
  deleteNonPiggybackedInFlightExit,
]
