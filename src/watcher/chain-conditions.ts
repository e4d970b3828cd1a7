import type { Condition } from '../exit-game/condition.ts'
import type { Seconds, Timestamp } from '../plasma/units.ts'
import type { Announced, ChildChain } from './child-chain.ts'
import type { Downloads } from './downloads.ts'

type Rules = { withholdingSeconds: Seconds; minExitPeriod: Seconds }

/** What is wrong with child blocks: the first one that is invalid, and every one that was withheld for too long. */
export function chainConditions(
  { childChain, downloads }: { childChain: ChildChain; downloads: Pick<Downloads, 'failure'> },
  rules: Rules,
): Condition[] {
  const conditions: Condition[] = []
  const halt = childChain.halt()
  const invalid = halt?.because === 'invalid' ? halt.blknum : undefined
  if (halt?.because === 'invalid') {
    conditions.push({ type: 'invalid_block', errorType: halt.errorType, ...standing(halt, rules) })
  }
  for (const block of childChain.pending()) {
    const failure = downloads.failure(block)
    if (!failure || block.blknum === invalid || failure.latest - failure.since < rules.withholdingSeconds) continue
    conditions.push({ type: 'block_withholding', ...standing(block, rules) })
  }
  return conditions
}

/** An exit of an older output overtakes every exit of the block's own when it starts within one exit period of it. */
function standing({ event, blknum, root, submittedAt }: Announced, { minExitPeriod }: Rules) {
  const deadline = (submittedAt + minExitPeriod - 1n) as Timestamp
  return { blknum, hash: root, occurrence: event.occurrence, ethHeight: event.blockNumber, deadline }
}
