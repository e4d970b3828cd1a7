import type { Condition, ConditionType } from '../exit-game/condition.ts'
import type { Logger } from '../lib/logger.ts'

/** One name for one matter, whatever the time. */
export function conditionName(condition: Condition): string {
  const { type, occurrence } = condition
  const subject = 'blknum' in condition ? condition.blknum : condition.exitId
  const piece =
    'side' in condition ? `${condition.side} ${condition.index}` : 'token' in condition ? condition.token : ''
  return [type, subject, piece, occurrence.txHash, occurrence.rank].join(' ')
}

/** Writes every finding into the log the first time that it is seen, as loud as it is grave. */
export function createFindingsLog(log: Logger): (conditions: readonly Condition[]) => void {
  const seen = new Set<string>()
  return (conditions) => {
    for (const condition of conditions) {
      const name = conditionName(condition)
      if (seen.has(name)) continue
      seen.add(name)
      const { type, occurrence, ethHeight, deadline, ...subject } = condition
      log[gravity[type]](
        { condition: type, rootChainTxHash: occurrence.txHash, ethHeight, deadline, ...subject },
        'condition found',
      )
    }
  }
}

const gravity: Readonly<Record<ConditionType, 'info' | 'warn' | 'error'>> = {
  invalid_block: 'error',
  block_withholding: 'error',
  unchallenged_exit: 'error',
  unchallenged_noncanonical_ife: 'error',
  unchallenged_piggyback: 'error',
  invalid_exit: 'warn',
  noncanonical_ife: 'warn',
  invalid_ife_challenge: 'warn',
  invalid_piggyback: 'warn',
  piggyback_available: 'info',
  exit_processable: 'info',
  bond_recoverable: 'info',
}
