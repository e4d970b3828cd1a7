import type { Receipt } from './chain-access.ts'
import type { PendingRecord } from './intent.ts'

/** What the chain shows of a pending transaction. `mined`: how many of the account's transactions are in the chain. */
export type Sight = { head: bigint; receipt: Receipt | undefined; mined: number }

/** What the follower remembers between two looks, in root chain heights. */
export type Memory = {
  /** When it was last given to a node; never in this life of the process when absent. */
  pushedAt?: bigint
  /** Since when its nonce is used by a transaction that is none of its versions. */
  missingSince?: bigint
}

export type Patience = {
  /** Blocks on top of each other that make a receipt count, the first included. */
  confirmations: number
  /** Blocks without being mined after which it is replaced. */
  stuckAfterBlocks: number
}

/** How a transaction ended: in the chain, or never to be there because its nonce went to another. */
export type Ending = { end: 'success' | 'reverted'; receipt: Receipt } | { end: 'lost' }

export type Move =
  | { move: 'end'; ending: Ending }
  | { move: 'wait'; memory: Memory }
  /** Give the newest version to a node once more. */
  | { move: 'push'; memory: Memory }
  /** Sign it again for a higher price. */
  | { move: 'replace'; memory: Memory }

type Given = { memory: Memory; patience: Patience }

/** Decides what to do about a pending transaction. */
export function nextMove(record: PendingRecord, sight: Sight, given: Given): Move {
  if (sight.receipt) return minedMove(sight.receipt, sight.head, given)
  if (sight.mined > record.nonce) return missingMove(sight.head, given)
  const { pushedAt } = given.memory
  if (pushedAt === undefined || !record.accepted) return { move: 'push', memory: { pushedAt: sight.head } }
  const stuck = sight.head - pushedAt >= BigInt(given.patience.stuckAfterBlocks)
  return stuck ? { move: 'replace', memory: { pushedAt: sight.head } } : { move: 'wait', memory: { pushedAt } }
}

function minedMove(receipt: Receipt, head: bigint, { memory, patience }: Given): Move {
  const deep = head - receipt.blockNumber + 1n >= BigInt(patience.confirmations)
  return deep ? { move: 'end', ending: { end: receipt.status, receipt } } : { move: 'wait', memory }
}

/** Nodes behind one address may disagree for a moment, so a lost transaction has to look lost for some blocks. */
function missingMove(head: bigint, { memory, patience }: Given): Move {
  const missingSince = memory.missingSince ?? head
  const lost = head - missingSince >= BigInt(Math.max(patience.confirmations, patience.stuckAfterBlocks))
  return lost ? { move: 'end', ending: { end: 'lost' } } : { move: 'wait', memory: { ...memory, missingSince } }
}
