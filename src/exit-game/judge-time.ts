import type { Seconds, Timestamp } from '../plasma/units.ts'

/** The root chain's clock at the judged head, and the contract's and the network's patience. */
export type JudgeTime = {
  now: Timestamp
  ethHeight: bigint
  /** For how many root chain blocks something invalid may stay unanswered before users must leave. */
  slaMarginBlocks: bigint
  minExitPeriod: Seconds
}

/** Whether something that began at a root chain height has gone unanswered for too long. */
export function isOverdue(since: bigint, { ethHeight, slaMarginBlocks }: JudgeTime): boolean {
  return since + slaMarginBlocks <= ethHeight
}
