import type { Condition } from '../exit-game/condition.ts'
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
      log[gravity(condition)](
        { condition: type, rootChainTxHash: occurrence.txHash, ethHeight, deadline, ...subject },
        'condition found',
      )
    }
  }
}

function gravity({ type }: Condition): 'info' | 'warn' | 'error' {
  switch (type) {
    case 'invalid_block':
    case 'block_withholding':
    case 'unchallenged_exit':
    case 'unchallenged_noncanonical_ife':
    case 'unchallenged_piggyback':
      return 'error'
    case 'invalid_exit':
    case 'noncanonical_ife':
    case 'invalid_ife_challenge':
    case 'invalid_piggyback':
      return 'warn'
    case 'piggyback_available':
    case 'exit_processable':
    case 'bond_recoverable':
      return 'info'
  }
}
