import type { Condition } from '../exit-game/condition.ts'
import { judge } from '../exit-game/judge.ts'
import type { Seconds } from '../plasma/units.ts'
import { chainConditions } from './chain-conditions.ts'
import type { ChildChain, Halt } from './child-chain.ts'
import type { Downloads } from './downloads.ts'
import type { Facts } from './facts.ts'
import type { Fold } from './fold.ts'
import type { Head, UnreadableEvent } from './root-chain.ts'
import type { Milestone, Snapshot } from './snapshot.ts'

export type Rules = {
  minExitPeriod: Seconds
  /** For how long, in chain time, a block may be missing before it is called withheld. */
  withholdingSeconds: Seconds
  /** For how many root chain blocks something invalid may stay unanswered before users must leave. */
  slaMarginBlocks: bigint
}

type Sources = { fold: Fold; facts: Facts; childChain: ChildChain; downloads: Pick<Downloads, 'failure'> }

/** The root chain as it was last seen. */
export type Sight = { head: Head; mined: Milestone | undefined }

/** Judges everything that is known, as of the head. */
export function takeSnapshot(
  { fold, facts, childChain, downloads }: Sources,
  { head, mined }: Sight,
  rules: Rules,
): Snapshot {
  const game = fold.game()
  const { evidence, ledger } = childChain
  const { minExitPeriod, slaMarginBlocks } = rules
  const time = { now: head.timestamp, ethHeight: head.number, minExitPeriod, slaMarginBlocks }
  const ofBlocks = chainConditions({ childChain, downloads }, rules)
  const foldedTo = facts.tips().at(-1)?.number ?? 0n
  const applied = facts.applied()
  const halt = childChain.halt()
  const [next] = childChain.pending()
  return {
    head,
    foldedTo,
    time,
    conditions: [...judge(game, evidence, time), ...ofBlocks],
    game,
    evidence,
    ledger,
    childChain: {
      validated: applied && { blknum: applied.blknum, timestamp: applied.submittedAt },
      mined,
      appliedTo: next ? next.event.blockNumber - 1n : foldedTo,
      byzantineSince: firstBad(childChain, ofBlocks),
      taken: childChain.taken(),
      ...(halt?.because === 'invalid' && { rejected: halt.served }),
    },
    unreadable: [...facts.unreadable(), ...unchecked(halt)],
  }
}

/** Nobody knows what a block holds that cannot be checked. */
function unchecked(halt: Halt | undefined): UnreadableEvent[] {
  if (halt?.because !== 'unchecked') return []
  const { blockNumber, occurrence } = halt.event
  const what = `child block ${String(halt.blknum)}, which could not be checked (${halt.what})`
  return [{ blockNumber, txHash: occurrence.txHash, what }]
}

function firstBad(childChain: ChildChain, ofBlocks: readonly Condition[]): Snapshot['childChain']['byzantineSince'] {
  if (ofBlocks.length === 0) return undefined
  const bad = new Set(ofBlocks.map((condition) => ('blknum' in condition ? condition.blknum : undefined)))
  return childChain.pending().find(({ blknum }) => bad.has(blknum))?.event
}
