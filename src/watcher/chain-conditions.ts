import type { Condition } from '../exit-game/condition.ts'
import type { Seconds, Timestamp } from '../plasma/units.ts'
import type { Announced, ChildChain } from './child-chain.ts'
import type { Downloads } from './downloads.ts'

type Rules = { withholdingSeconds: Seconds; minExitPeriod: Seconds }

type Sources = { childChain: ChildChain; downloads: Pick<Downloads, 'failure'> }

/** What is wrong with child blocks: the first one that is invalid, and every one that was withheld for too long. */
export function chainConditions({ childChain, downloads }: Sources, rules: Rules): Condition[] {
  const halt = childChain.halt()
  const isMissing = (block: Announced) => {
    const failure = downloads.failure(block)
    return failure !== undefined && failure.latest - failure.since >= rules.withholdingSeconds
  }
  if (halt?.because !== 'invalid') return withheld(childChain.pending().filter(isMissing), rules)
  const later = childChain.pending().slice(1)
  return [
    { type: 'invalid_block', errorType: halt.errorType, ...standing(halt, rules) },
    ...withheld(later.filter(isMissing), rules),
  ]
}

function withheld(blocks: readonly Announced[], rules: Rules): Condition[] {
  return blocks.map((block) => ({ type: 'block_withholding', ...standing(block, rules) }))
}

/** An exit of an older output overtakes every exit of the block's own when it starts within one exit period of it. */
function standing({ event, blknum, root, submittedAt }: Announced, { minExitPeriod }: Rules) {
  const deadline = (submittedAt + minExitPeriod - 1n) as Timestamp
  return { blknum, hash: root, occurrence: event.occurrence, ethHeight: event.blockNumber, deadline }
}
