import type { Condition } from './condition.ts'
import { lastOfPhaseOne } from './deadlines.ts'
import { pieceOutput, type InFlightExit } from './in-flight-exit.ts'
import { nextEntry } from './exit-queue.ts'
import { aboutExit, isExitable, judgementOf, type Judgement } from './in-flight-judgement.ts'
import { judgeCanonicity } from './judge-canonicity.ts'
import { judgePaid, judgePiggybacks } from './judge-piggybacks.ts'
import type { JudgeTime } from './judge-time.ts'
import type { Facts } from './spends.ts'
import type { Address } from '../plasma/units.ts'
import { vaultOf } from './vault.ts'

/**
 * Judges an in-flight exit: its canonicity, its pieces, and what can be fetched home from it. Of one that was deleted
 * only what it has paid before counts.
 */
export function judgeInFlightExit(exit: InFlightExit, facts: Facts, time: JudgeTime): Condition[] {
  const isGone = exit.status === 'deleted'
  if (isGone && exit.paid.length === 0) return []
  const judgement = judgementOf(exit, facts, time)
  if (isGone) return judgePaid(judgement)
  return [...judgeCanonicity(judgement), ...judgePiggybacks(judgement), ...judgePaid(judgement), ...judgeEnd(judgement)]
}

/** After phase 1 an exit without piggybacks can be deleted; one with piggybacks is processed token by token. */
function judgeEnd(judgement: Judgement): Condition[] {
  const { exit, time } = judgement
  if (exit.status !== 'open') return []
  const { occurrence, ethHeight, exitId, txHash } = aboutExit(exit, exit.started)
  const claimants = claimantsByToken(exit)
  const bondOwner = bondOwnerOf(exit)
  if (claimants.size === 0) {
    const deletable = time.now > lastOfPhaseOne(exit.started.timestamp, time.minExitPeriod)
    return deletable ? [{ type: 'bond_recoverable', occurrence, ethHeight, exitId, txHash, payees: [bondOwner] }] : []
  }
  return [...claimants].flatMap(([token, owners]): Condition[] => {
    const entry = nextEntry(exit.queue, token)
    if (!entry || !isExitable(judgement, entry)) return []
    const payees = [...owners, bondOwner]
    return [{ type: 'exit_processable', occurrence, ethHeight, exitId, vaultId: vaultOf(token), token, payees }]
  })
}

/** Who has piggybacked something of a token. */
function claimantsByToken(exit: InFlightExit): ReadonlyMap<Address, readonly Address[]> {
  const claimants = new Map<Address, readonly Address[]>()
  for (const side of ['input', 'output'] as const) {
    for (const [index, { status }] of exit.piggybacks[side].entries()) {
      const output = pieceOutput(exit, side, index)
      if (status !== 'claimed' || !output) continue
      claimants.set(output.currency, [...(claimants.get(output.currency) ?? []), output.owner])
    }
  }
  return claimants
}

/** Whoever started it, until somebody challenges its canonicity or answers a challenge. */
function bondOwnerOf({ canonicity, initiator }: InFlightExit): Address {
  return canonicity.status === 'unchallenged' ? initiator : canonicity.challenger
}
