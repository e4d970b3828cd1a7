import { isViable, oldestFirst, type Competitor } from './competitor.ts'
import type { Condition } from './condition.ts'
import { lastOfPhaseOne } from './deadlines.ts'
import { aboutExit, answerUntil, firstExitableAt, type Judgement } from './in-flight-judgement.ts'
import { isOverdue } from './judge-time.ts'
import { causeOf, txPosition } from './spends.ts'

/**
 * Judges what the contract believes of an in-flight transaction: that it has no older competitor, though it has one;
 * or that a challenger was right, though a block holds the transaction at an older place than the competitor's.
 */
export function judgeCanonicity(judgement: Judgement): Condition[] {
  return [...judgeCompetitors(judgement), ...judgeChallenge(judgement)]
}

function judgeCompetitors(judgement: Judgement): Condition[] {
  const { exit, time, inclusion, spends } = judgement
  const [oldest] = oldestFirst(spends)
  if (!oldest || !isViable(oldest, exit, inclusion)) return []
  const deadline = lastOfPhaseOne(exit.started.timestamp, time.minExitPeriod)
  const condition: Condition = {
    type: 'noncanonical_ife',
    ...aboutExit(exit, exit.started),
    ...answerUntil(exit, deadline),
    cause: causeOf(oldest.spend),
  }
  const leave = isOverdue(exit.started.blockNumber, time) && mayPayOutputs(judgement, oldest)
  return leave ? [condition, { ...condition, type: 'unchallenged_noncanonical_ife' }] : [condition]
}

/**
 * A non-canonical exit does harm by its outputs: somebody has or may still piggyback one, or was paid although a block
 * holds the competitor. Not when the contract knows of a competitor already, be it a younger one: then it pays inputs.
 */
function mayPayOutputs({ exit, time }: Judgement, { spend }: Competitor): boolean {
  const pieces = exit.piggybacks.output
  if (spend.place && pieces.some(({ status }) => status === 'paid')) return true
  if (exit.status !== 'open' || exit.canonicity.status === 'challenged') return false
  const phaseOne = time.now <= lastOfPhaseOne(exit.started.timestamp, time.minExitPeriod)
  return phaseOne || pieces.some(({ status }) => status === 'claimed')
}

function judgeChallenge(judgement: Judgement): Condition[] {
  const { exit, inclusion } = judgement
  const { canonicity, txHash } = exit
  if (canonicity.status !== 'challenged' || !inclusion) return []
  if (txPosition(inclusion) >= canonicity.competitorPosition) return []
  return [
    {
      type: 'invalid_ife_challenge',
      ...aboutExit(exit, canonicity.challenged),
      ...answerUntil(exit, firstExitableAt(judgement)),
      cause: { txHash, place: inclusion },
    },
  ]
}
