import { competitorsOf, isViable } from './competitor.ts'
import type { Condition } from './condition.ts'
import { lastOfPhaseOne } from './deadlines.ts'
import { aboutExit, answerUntil, firstExitableAt, type Judgement } from './in-flight-judgement.ts'
import { isOverdue } from './judge-time.ts'
import { txPosition } from './spends.ts'

/**
 * Judges what the contract believes of an in-flight transaction: that it has no older competitor, though it has one;
 * or that a challenger was right, though a block holds the transaction at an older place than the competitor's.
 */
export function judgeCanonicity(judgement: Judgement): Condition[] {
  return [...judgeCompetitors(judgement), ...judgeChallenge(judgement)]
}

function judgeCompetitors(judgement: Judgement): Condition[] {
  const { exit, facts, time, inclusion } = judgement
  const [oldest] = competitorsOf(exit, facts)
  if (!oldest || !isViable(oldest, exit, inclusion)) return []
  const deadline = lastOfPhaseOne(exit.started.timestamp, time.minExitPeriod)
  const condition: Condition = {
    type: 'noncanonical_ife',
    ...aboutExit(exit, exit.started),
    ...answerUntil(exit, deadline),
  }
  const leave = isOverdue(exit.started.blockNumber, time) && mayPayOutputs(judgement)
  return leave ? [condition, { ...condition, type: 'unchallenged_noncanonical_ife' }] : [condition]
}

/** A non-canonical exit does harm by its outputs: somebody has or may still piggyback one, or was paid. */
function mayPayOutputs({ exit, time }: Judgement): boolean {
  const pieces = exit.piggybacks.output
  if (pieces.some(({ status }) => status === 'paid')) return true
  if (exit.status !== 'open') return false
  const phaseOne = time.now <= lastOfPhaseOne(exit.started.timestamp, time.minExitPeriod)
  return phaseOne || pieces.some(({ status }) => status === 'claimed')
}

function judgeChallenge(judgement: Judgement): Condition[] {
  const { exit, inclusion } = judgement
  const { canonicity } = exit
  if (canonicity.status !== 'challenged' || !inclusion) return []
  if (txPosition(inclusion) >= canonicity.competitorPosition) return []
  return [
    {
      type: 'invalid_ife_challenge',
      ...aboutExit(exit, canonicity.challenged),
      ...answerUntil(exit, firstExitableAt(judgement)),
    },
  ]
}
