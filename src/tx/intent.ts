import type { Hex } from '../lib/bytes.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Address, Timestamp, Wei } from '../plasma/units.ts'

/** A call of a contract that is wanted to have happened, once. */
export type Intent = {
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
  /** Asks the contract's state: how it ended when there is nothing left to do, undefined when it is still open. */
  settled: () => Promise<Outcome | undefined>
}

/** One signed form of a transaction; a replacement is another one with the same nonce. */
export type SignedVersion = {
  txHash: Hex
  raw: Hex
  maxFeePerGas: Wei
  maxPriorityFeePerGas: Wei
  /** Root chain height when it was signed. */
  signedAt: bigint
}

type Sent = {
  key: string
  purpose: string
  account: Address
  to: Address
  data: Hex
  value: Wei
  nonce: number
  gas: bigint
  /** Oldest first, never empty. */
  versions: readonly SignedVersion[]
  createdAt: Timestamp
  updatedAt: Timestamp
}

/**
 * A transaction that was signed and may be mined: it holds its nonce. `accepted`: whether a node has taken any version;
 * until then nobody was told that it was sent.
 */
export type PendingRecord = Sent & { state: 'pending'; accepted: boolean }

/** A transaction that is over. Without an outcome when it was undone, or never mined: the intent is still open. */
export type EndedRecord = Sent & { state: 'ended'; outcome?: Outcome }

/** What the journal keeps of an intent, from before its first broadcast on. */
export type IntentRecord = PendingRecord | EndedRecord

/** The journal of intents that were sent, by key. */
export type IntentStore = {
  get: (key: string) => Promise<IntentRecord | undefined>
  /** Replaces what was kept under the key. */
  put: (record: IntentRecord) => Promise<void>
  /** Forgets a transaction that no node took. */
  remove: (key: string) => Promise<void>
  /** Oldest first. */
  pending: () => Promise<readonly PendingRecord[]>
}
