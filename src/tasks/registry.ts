import { challengeStandardExit } from './challenge-standard-exit.ts'
import { getChallengeData } from './get-challenge-data.ts'
import type { Task } from './task.ts'

/** Every task, once. */
export const tasks: readonly Task[] = [getChallengeData, challengeStandardExit]
