import { decodeUtxoPos, isDepositBlock } from '../plasma/position.ts'
import type { Timestamp } from '../plasma/units.ts'
import type { Condition } from './condition.ts'
import { standardExitableAt } from './deadlines.ts'
import { isTaken } from './finalized-outputs.ts'
import { isOverdue, type JudgeTime } from './judge-time.ts'
import { causeOf, fateOf, placed, spendsOf, type Facts, type Spend } from './spends.ts'
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
  return theft ? invalid({ exit, facts, time }, placed(theft)) : []
}

/** One whose output another exit has taken, by the contract's word, is omitted in the end, and nothing else can be done. */
function judgeOpen(subject: Subject): Condition[] {
  const { exit, facts } = subject
  const { exitId, utxoPos, currency, owner } = exit
  const fate = fateOf(facts.evidence, utxoPos)
  const [spend] = spendsOf(facts, { utxoPos, owner }, fate)
  if (spend) return invalid(subject, spend)
  const judged = decodeUtxoPos(utxoPos).blknum < facts.evidence.nextBlknum()
  if (judged && !fate.unspent) return isTaken(exit, facts.game) ? [] : invalid(subject)
  if (!isExitable(subject)) return []
  const { occurrence, ethHeight } = standing(exit)
  const queue = { vaultId: vaultOf(currency), token: currency }
  return [{ type: 'exit_processable', occurrence, ethHeight, exitId, ...queue, payees: [owner] }]
}

/** What is invalid for too long makes users leave, unless the contract will omit it anyway. */
function invalid(subject: Subject, spend?: Spend): Condition[] {
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
    ...(spend && { spendingTxHash: spend.txHash, cause: causeOf(spend) }),
  }
  const harmless = exit.status === 'open' && isTaken(exit, facts.game)
  const leave = isOverdue(started.blockNumber, time) && !harmless
  return leave ? [condition, { ...condition, type: 'unchallenged_exit' }] : [condition]
}

function standing({ started }: StandardExit): Pick<Condition, 'occurrence' | 'ethHeight' | 'since'> {
  return { occurrence: started.occurrence, ethHeight: started.blockNumber, since: started.timestamp }
}

/** Whether it may be processed now. The block's time is asked for only when it can matter. */
function isExitable(subject: Subject): boolean {
  const { exit, time } = subject
  return time.now > exit.started.timestamp + time.minExitPeriod && time.now > exitableAt(subject)
}

function exitableAt({ exit, facts, time }: Subject): Timestamp {
  const { utxoPos, started } = exit
  const { blknum } = decodeUtxoPos(utxoPos)
  return standardExitableAt({
    utxoPos,
    startedAt: started.timestamp,
    outputAt: isDepositBlock(blknum) ? undefined : facts.evidence.blockTimestamp(blknum),
    minExitPeriod: time.minExitPeriod,
  })
}
