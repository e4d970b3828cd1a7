import type { Output } from '../plasma/transaction.ts'
import type { Hash, Timestamp } from '../plasma/units.ts'

/** A child block that the ledger holds. `ethHeight` and `ethHash`: the root chain block of its submission. */
export type FeedBlock = {
  /** Its number, as a key. */
  block: number
  root: Hash
  timestamp: Timestamp
  ethHeight: number
  ethHash: Hash
  transactions: number
}

/** A deposit that was read; without an output when it could not be. */
export type FeedDeposit = {
  /** Which event it is; grows with the root chain's order. */
  id: number
  block: number
  ethHeight: number
  ethHash: Hash
  txHash: Hash
  logIndex: number
  timestamp: Timestamp
  output: Output | undefined
}

/**
 * What the index asks of the ledger. All of it is as of the last commit, so two questions may be answered by two states.
 * Blocks and events know the hash of their root chain block: where that is still the same, so is all that came before.
 */
export type LedgerFeed = {
  /** Another number after every commit. */
  revision: () => number
  blockAfter: (block: number) => FeedBlock | undefined
  block: (block: number) => FeedBlock | undefined
  /** Signed transactions from a place on, in order, of the same block. */
  transactions: (from: number, most: number) => readonly { place: number; bytes: Uint8Array }[]
  /** The next deposits behind an event, in the order of the chain; none when there are no more. */
  depositsAfter: (id: number) => readonly FeedDeposit[]
  /** Hash of the root chain block in which an event stands. */
  hashOfEvent: (id: number) => Hash | undefined
  /** What exits took at a root chain height or above it, by the outputs' keys. */
  exitsFrom: (height: number) => readonly { output: number; height: number }[]
  exitCount: () => number
}
