import type { ExitGameEvent, LedgerEvent } from '../exit-game/contract-event.ts'
import type { Hash, Timestamp } from '../plasma/units.ts'

/** A root chain block, as far as the watcher needs it. */
export type Head = { number: bigint; hash: Hash; timestamp: Timestamp }

/** A log of the exit game that could not be completed: reported, never allowed to block the others. */
export type UnreadableEvent = { blockNumber: bigint; txHash: Hash; what: string }

/** A child block as the framework holds it. `timestamp` is when its root was submitted. */
export type SubmittedBlock = { root: Hash; timestamp: Timestamp }

/** What the watcher asks of the root chain. Every call rejects with a retryable GuardError when the node fails. */
export type RootChain = {
  head: () => Promise<Head>
  /** The block at a height, undefined when the node has none. */
  block: (number: bigint) => Promise<Head | undefined>
  /** Every event of the blocks `from` to `to`, both included, in the order of the chain. */
  events: (
    from: bigint,
    to: bigint,
  ) => Promise<{ events: readonly (ExitGameEvent | LedgerEvent)[]; unreadable: readonly UnreadableEvent[] }>
  /** `blocks(blknum)` of the framework, undefined when there is none. */
  submittedBlock: (blknum: bigint) => Promise<SubmittedBlock | undefined>
  /** `nextChildBlock()` of the framework. */
  nextChildBlock: () => Promise<bigint>
}
