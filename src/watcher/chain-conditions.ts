import type { Condition } from '../exit-game/condition.ts'
import type { Seconds, Timestamp } from '../plasma/units.ts'
import type { ChildChain } from './child-chain.ts'
import type { Downloads } from './downloads.ts'
import type { Announced } from './facts.ts'

type Rules = { withholdingSeconds: Seconds; minExitPeriod: Seconds }

type Sources = { childChain: ChildChain; downloads: Pick<Downloads, 'failure'> }

/** What is wrong with child blocks: the first one that is invalid, and every one that was withheld for too long. */
export function chainConditions({ childChain, downloads }: Sources, rules: Rules): Condition[] {
  const halt = childChain.halt()
  if (halt?.because !== 'invalid') return withheld(childChain.pending(), downloads, rules)
  const { errorType, reason, txIndex } = halt
  const cause = { errorType, ...(reason !== undefined && { reason }), ...(txIndex !== undefined && { txIndex }) }
  return [
    { type: 'invalid_block', ...cause, since: halt.submittedAt, ...standing(halt, rules) },
    ...withheld(childChain.pending().slice(1), downloads, rules),
  ]
}

function withheld(blocks: readonly Announced[], { failure }: Sources['downloads'], rules: Rules): Condition[] {
  return blocks.flatMap((block): Condition[] => {
    const { since = 0n as Timestamp, latest = 0n } = failure(block) ?? {}
    const isWithheld = since > 0n && latest - since >= rules.withholdingSeconds
    return isWithheld ? [{ type: 'block_withholding', since, ...standing(block, rules) }] : []
  })
}

/** An exit of an older output overtakes every exit of the block's own when it starts within one exit period of it. */
function standing({ event, blknum, root, submittedAt }: Announced, { minExitPeriod }: Rules) {
  const deadline = (submittedAt + minExitPeriod - 1n) as Timestamp
  return { blknum, hash: root, occurrence: event.occurrence, ethHeight: event.blockNumber, deadline }
}
