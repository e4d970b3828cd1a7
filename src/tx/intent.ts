import type { AuditNote } from '../lib/audit.ts'
import type { Hex } from '../lib/bytes.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Address, Timestamp, Wei } from '../plasma/units.ts'
import type { Receipt } from './chain-access.ts'
import type { State } from './states.ts'

/** A call of a contract that is wanted to have happened. */
type Wish = {
  /** What it achieves: contract, function, exit id, side, index, occurrence. Two intents of one key are one. */
  key: string
  /** For logs and people, such as `challengeStandardExit`. */
  purpose: string
  to: Address
  data: Hex
  value: Wei
  /** The account it has to come from; any of ours when absent. */
  from?: Address
  /** Last chain second in which the call is sure to help; absent where nothing runs out. */
  deadline?: Timestamp
  /** Wei that are lost for good when the call comes too late; absent where nobody can tell, as for a token's worth. */
  stake?: Wei
  /** Whether that is our own money, for which more may be paid than for others'. */
  own?: boolean
}

/** A call that is to happen once. */
export type Intent = Wish & {
  /** Asks the contract's state: how it ended when there is nothing left to do, undefined when it is still open. */
  settled: () => Promise<Outcome | undefined>
}

/** A nonce of an account, and how much gas the call gets there. */
export type Slot = { account: Address; nonce: number; gas: bigint }

/** A receipt of the newest version that is in the chain, and when it was first seen there. */
type Mined = Receipt & { at: Timestamp }

/** What the journal keeps of an intent. */
export type IntentRecord = Wish & {
  state: State
  /** The nonce that it holds while it is signed, sent or mined; that it has lost, and waits for, while it is planned. */
  slot?: Slot
  mined?: Mined
  /** How often the contract has undone it. */
  reverts: number
  /** How it ended, or, while it is mined with all confirmations, how it is about to end. */
  outcome?: Outcome
  createdAt: Timestamp
  updatedAt: Timestamp
}

/** A record that holds its nonce. */
export type Placed = IntentRecord & { state: 'signed' | 'sent' | 'mined'; slot: Slot }

/** A signed transaction. Several may stand for one nonce: higher prices, or another call in the place of the first. */
export type Version = {
  /** The intent that it carries out. */
  key: string
  account: Address
  nonce: number
  txHash: Hex
  raw: Hex
  maxFeePerGas: Wei
  maxPriorityFeePerGas: Wei
  /** Root chain height when it was signed. */
  signedAt: bigint
}

/** One change: the record as it is now, what was signed for it, and why. Without a note nothing that matters changed. */
export type Change = { record: IntentRecord; version?: Version; note?: AuditNote }

/** The journal of intents, from before the first broadcast on. */
export type IntentStore = {
  get: (key: string) => Promise<IntentRecord | undefined>
  /** What is not over, oldest first. */
  open: () => Promise<readonly IntentRecord[]>
  /** Everything ever signed for a nonce, oldest first. */
  versions: (slot: Pick<Slot, 'account' | 'nonce'>) => Promise<readonly Version[]>
  /** All changes or none, in their order. */
  commit: (changes: readonly Change[]) => Promise<void>
  /** Wei that transactions cost which were mined at `since` or later. */
  spentSince: (since: Timestamp) => Promise<Wei>
  /** Wei sent along with calls that took effect at `since` or later. */
  postedSince: (since: Timestamp) => Promise<Wei>
}

export function isPlaced(record: IntentRecord): record is Placed {
  const { state } = record
  return (state === 'signed' || state === 'sent' || state === 'mined') && record.slot !== undefined
}
