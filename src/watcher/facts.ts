import type { ExitGameEvent, LedgerEvent } from '../exit-game/contract-event.ts'
import type { LedgerView, Place } from '../plasma/ledger.ts'
import type { RecoveredTransaction } from '../plasma/recovered-transaction.ts'
import type { Hash, Timestamp, UtxoPos } from '../plasma/units.ts'
import type { ServedBlock } from './operator.ts'
import type { Head, SubmittedBlock, UnreadableEvent } from './root-chain.ts'

/** Everything the contracts say. */
export type ChainEvent = ExitGameEvent | LedgerEvent

/** What one reading of the root chain brought, from block `from` to block `tip`. */
export type Reading = {
  from: bigint
  tip: Head
  events: readonly ChainEvent[]
  unreadable: readonly UnreadableEvent[]
  /** The framework's record of every child block that the events submit. */
  submitted: ReadonlyMap<bigint, SubmittedBlock>
}

type Of<Type extends ChainEvent['type']> = Extract<ChainEvent, { type: Type }>

/** What the ledger takes in by the root chain's order: child blocks, and what exits were paid. */
export type Step = Of<'BlockSubmitted' | 'ExitFinalized' | 'InFlightExitWithdrawn'>

/** A child block that the root chain announced; `submittedAt` is the framework's time of it. */
export type Announced = { blknum: bigint; root: Hash; submittedAt: Timestamp; event: Of<'BlockSubmitted'> }

/**
 * What is known for certain: conclusions stand elsewhere and can be drawn again from here. Reads show what was written
 * last, whole; writes happen one at a time, each whole or not at all, and outlive the process from then on.
 */
export type Facts = {
  /** The last blocks of the readings, oldest first. */
  tips: () => readonly Head[]
  /** Everything that was read from a root chain height on, in the order of the chain. */
  eventsFrom: (height: bigint) => readonly ChainEvent[]
  /** What the exit game said, in the order of the chain: all of it, but for the `skip` oldest. */
  exitGameEvents: (skip?: number) => readonly ExitGameEvent[]
  unreadable: () => readonly UnreadableEvent[]
  /** What the ledger has not come to yet, in the order of the chain: all of it, or the first `most`. */
  ahead: (most?: number) => readonly Step[]
  submitted: (blknum: bigint) => SubmittedBlock | undefined
  /** The framework's time of a child block or deposit. */
  timeOf: (blknum: bigint) => Timestamp | undefined
  /** The last child block that was applied. */
  applied: () => Announced | undefined
  /** Deposits and applied blocks, less what exits have taken. */
  ledger: LedgerView
  /** Signed transactions that were seen outside applied blocks and name the output as an input. Nothing ever leaves. */
  sightings: (utxoPos: UtxoPos) => readonly Uint8Array[]
  /** Since when a block could not be had, in chain time. */
  missingSince: (wanted: { blknum: bigint; root: Hash }) => Timestamp | undefined
  /** What was served, twice, for a block that was invalid. */
  rejected: (wanted: { blknum: bigint; root: Hash }) => ServedBlock | undefined
  /** Grows whenever something is taken back: what was concluded before must be concluded again. */
  generation: () => number
  /** Grows with every write, but for a reading that brings no event. As long as it stands, every answer but the tips stands. */
  revision: () => number
  /** Waits for its turn, then writes. What `work` throws is thrown, and nothing of it is written. */
  write: <Result>(work: (draft: Draft) => Result | Promise<Result>) => Promise<Result>
}

/** One write. Its own ledger shows what it has written so far. */
export type Draft = {
  ledger: Pick<LedgerView, 'get' | 'inclusion'>
  /** Has nothing of this write be written, whatever follows. */
  undo: () => void
  /** Adds a reading; deposits join the ledger with it. */
  add: (reading: Reading) => void
  /** Forgets all that stands above a root chain height, and takes back what the ledger made of it. */
  dropAbove: (height: bigint) => void
  /** Spends outputs that an exit was paid for, and moves on past the event. */
  exit: (event: Step, positions: readonly UtxoPos[]) => void
  /** Writes the next transaction of a block: what it spends, what it creates. It was executed before. */
  transaction: (place: Place, transaction: RecoveredTransaction) => void
  /** Ends a block and moves on past its event. `nodes`: {@link subtreeRoots}, 32 bytes each. */
  block: (block: Announced, contents: { transactions: number; nodes: Uint8Array }) => void
  /** Signed transactions, in any form; what is no transaction is passed over. */
  sight: (signedTxs: readonly Uint8Array[]) => void
  missing: (wanted: { blknum: bigint; root: Hash }, since: Timestamp) => void
  found: (wanted: { blknum: bigint; root: Hash }) => void
  reject: (wanted: { blknum: bigint; root: Hash }, served: ServedBlock) => void
}
