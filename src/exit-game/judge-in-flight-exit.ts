import type { Condition } from './condition.ts'
import { lastOfPhaseOne } from './deadlines.ts'
import { pieceOutput, type InFlightExit } from './in-flight-exit.ts'
import { aboutExit, exitableAt, type Judgement } from './in-flight-judgement.ts'
import { judgeCanonicity } from './judge-canonicity.ts'
import { judgePiggybacks } from './judge-piggybacks.ts'
import type { JudgeTime } from './judge-time.ts'
import type { Facts } from './spends.ts'
import type { Address } from '../plasma/units.ts'
import { vaultOf } from './vault.ts'

/** Judges an in-flight exit: its canonicity, its pieces, and what can be fetched home from it. */
export function judgeInFlightExit(exit: InFlightExit, facts: Facts, time: JudgeTime): Condition[] {
  if (exit.status === 'deleted') return []
  const judgement = { exit, facts, time, inclusion: facts.evidence.inclusion(exit.txHash) }
  return [...judgeCanonicity(judgement), ...judgePiggybacks(judgement), ...judgeEnd(judgement)]
}

/** After phase 1 an exit without piggybacks can be deleted; one with piggybacks is processed token by token. */
function judgeEnd(judgement: Judgement): Condition[] {
  const { exit, time } = judgement
  if (exit.status !== 'open') return []
  const { occurrence, ethHeight, exitId, txHash } = aboutExit(exit, exit.started)
  const tokens = claimedTokens(exit)
  if (tokens.size === 0) {
    const deletable = time.now > lastOfPhaseOne(exit.started.timestamp, time.minExitPeriod)
    return deletable ? [{ type: 'bond_recoverable', occurrence, ethHeight, exitId, txHash }] : []
  }
  const processable = exit.queue.filter((entry) => tokens.has(entry.token) && time.now > exitableAt(judgement, entry))
  return processable.map(({ token }) => ({
    type: 'exit_processable',
    ...{ occurrence, ethHeight, exitId, vaultId: vaultOf(token), token },
  }))
}

function claimedTokens(exit: InFlightExit): ReadonlySet<Address> {
  const tokens = new Set<Address>()
  for (const side of ['input', 'output'] as const) {
    for (const [index, { status }] of exit.piggybacks[side].entries()) {
      const output = pieceOutput(exit, side, index)
      if (status === 'claimed' && output) tokens.add(output.currency)
    }
  }
  return tokens
}
