import { decodeUtxoPos } from '../plasma/position.ts'
import type { Hash, Timestamp } from '../plasma/units.ts'
import type { Condition } from './condition.ts'
import { standardExitableAt } from './deadlines.ts'
import { isTaken } from './finalized-outputs.ts'
import { isOverdue, type JudgeTime } from './judge-time.ts'
import { spendsOf, type Facts } from './spends.ts'
import type { StandardExit } from './standard-exit.ts'
import { vaultOf } from './vault.ts'

type Subject = { exit: StandardExit; facts: Facts; time: JudgeTime }

/**
 * Judges a standard exit. It is invalid when its output is spent: by a block, or by a signed transaction that no
 * block need hold. One that was paid although a block had spent its output stays an alarm for ever.
 */
export function judgeStandardExit(exit: StandardExit, facts: Facts, time: JudgeTime): Condition[] {
  if (exit.status === 'open') return judgeOpen({ exit, facts, time })
  if (exit.status !== 'finalized') return []
  const theft = facts.evidence.blockSpend(exit.utxoPos)
  return theft ? invalid({ exit, facts, time }, theft.txHash) : []
}

function judgeOpen(subject: Subject): Condition[] {
  const { exit, facts, time } = subject
  const { exitId, utxoPos, currency, owner } = exit
  const [spend] = spendsOf(facts, exit)
  if (spend) return invalid(subject, spend.txHash)
  const judged = decodeUtxoPos(utxoPos).blknum < facts.evidence.nextBlknum()
  if (judged && !facts.evidence.isUnspent(utxoPos)) return invalid(subject)
  if (time.now <= exitableAt(subject)) return []
  const queue = { vaultId: vaultOf(currency), token: currency }
  return [{ type: 'exit_processable', ...standing(exit), exitId, ...queue, payees: [owner] }]
}

/** What is invalid for too long makes users leave, unless the contract will omit it anyway. */
function invalid(subject: Subject, spendingTxHash?: Hash): Condition[] {
  const { exit, facts, time } = subject
  const { exitId, utxoPos, owner, currency, amount, started } = exit
  const deadline = exitableAt(subject)
  const condition: Condition = {
    type: 'invalid_exit',
    ...standing(exit),
    ...(exit.status === 'open' ? { deadline } : { settled: true }),
    ...{ exitId, utxoPos, owner, currency, amount },
    rootChainTxHash: started.occurrence.txHash,
    scheduledFinalizationTime: deadline,
    ...(spendingTxHash === undefined ? {} : { spendingTxHash }),
  }
  const harmless = exit.status === 'open' && isTaken(exit, facts.game)
  const leave = isOverdue(started.blockNumber, time) && !harmless
  return leave ? [condition, { ...condition, type: 'unchallenged_exit' }] : [condition]
}

function standing({ started }: StandardExit): Pick<Condition, 'occurrence' | 'ethHeight'> {
  return { occurrence: started.occurrence, ethHeight: started.blockNumber }
}

function exitableAt({ exit, facts, time }: Subject): Timestamp {
  const { utxoPos, started } = exit
  return standardExitableAt({
    utxoPos,
    startedAt: started.timestamp,
    outputAt: facts.evidence.blockTimestamp(decodeUtxoPos(utxoPos).blknum),
    minExitPeriod: time.minExitPeriod,
  })
}
