import type { Hash, Timestamp } from '../plasma/units.ts'
import type { Cause, Condition, ConditionOf } from './condition.ts'

/** A transaction, and where a block holds it. */
type CausingTransaction = { txhash: Hash; blknum: bigint | null; txindex: number | null }

type CausingSpend = { type: 'input' | 'output'; index: number } & CausingTransaction

/** Which rule a block breaks: `rule` is its `error_type`, `reason` says more of it. */
type BrokenRule = { rule: string; reason: string | null; txindex: number | null }

/** What elixir-omg does not say of a byzantine event: since when it is so, why, and how long it can be answered. */
export type Explanation = {
  /** Height of the log that the matter stands on, and the chain second at which it began. */
  byzantine_since: { eth_height: bigint; timestamp: Timestamp | null }
  cause: CausingTransaction | readonly CausingSpend[] | BrokenRule | null
  /** The last chain second at which the contract surely takes an answer; null where it asks for none, or takes none now. */
  deadline: Timestamp | null
}

export function explain(condition: Condition): Explanation {
  const { cause } = condition
  return { ...beginning(condition), cause: cause ? causing(cause) : null, deadline: condition.deadline ?? null }
}

/** Of several pieces of one exit: the first to begin and the first to end, and the spend of each. */
export function explainPieces(pieces: readonly ConditionOf<'invalid_piggyback'>[]): Explanation {
  const [first] = [...pieces].sort((one, other) => Number(one.ethHeight - other.ethHeight))
  const deadlines = pieces.flatMap(({ deadline }) => (deadline === undefined ? [] : [deadline]))
  return {
    ...(first ? beginning(first) : { byzantine_since: { eth_height: 0n, timestamp: null } }),
    cause: pieces.flatMap(({ side, index, cause }) => (cause ? [{ type: side, index, ...causing(cause) }] : [])),
    deadline: deadlines.reduce<Timestamp | null>((least, at) => (least === null || at < least ? at : least), null),
  }
}

export function explainBlock(condition: ConditionOf<'invalid_block' | 'block_withholding'>): Explanation {
  return { ...beginning(condition), cause: brokenRule(condition), deadline: condition.deadline ?? null }
}

function brokenRule(condition: ConditionOf<'invalid_block' | 'block_withholding'>): BrokenRule | null {
  if (condition.type === 'block_withholding') return null
  return { rule: condition.errorType, reason: condition.reason ?? null, txindex: condition.txIndex ?? null }
}

function beginning({ ethHeight, since }: Condition): Pick<Explanation, 'byzantine_since'> {
  return { byzantine_since: { eth_height: ethHeight, timestamp: since ?? null } }
}

function causing({ txHash, place }: Cause): CausingTransaction {
  return { txhash: txHash, blknum: place?.blknum ?? null, txindex: place?.txIndex ?? null }
}
