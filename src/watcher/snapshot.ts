import type { Condition } from '../exit-game/condition.ts'
import type { LedgerEvent } from '../exit-game/contract-event.ts'
import type { Evidence } from '../exit-game/evidence.ts'
import type { ExitGame } from '../exit-game/exit-game.ts'
import type { JudgeTime } from '../exit-game/judge-time.ts'
import type { LedgerView } from '../plasma/ledger.ts'
import type { Timestamp, UtxoPos } from '../plasma/units.ts'
import type { ServedBlock } from './operator.ts'
import type { Head, UnreadableEvent } from './root-chain.ts'

/** A child block's number and the framework's time of it. */
export type Milestone = { blknum: bigint; timestamp: Timestamp }

/** Everything that is known at a head. Views inside are alive: read them before waiting for anything. */
export type Snapshot = {
  /** The newest block of the root chain. Conditions are judged at its time. */
  head: Head
  /** Up to which root chain height events are taken in: the head, less the margin. */
  foldedTo: bigint
  time: JudgeTime
  conditions: readonly Condition[]
  game: ExitGame
  evidence: Evidence
  /** Deposits and the blocks that could be applied, less what exits have taken. */
  ledger: LedgerView
  childChain: {
    /** The last block that was verified and applied. */
    validated: Milestone | undefined
    /** The last block that was submitted, as of the head itself. */
    mined: Milestone | undefined
    /** Up to which root chain height every submitted block is applied. */
    appliedTo: bigint
    /** The log that submitted the first block that is invalid or withheld: from there on the chain is not trusted. */
    byzantineSince: Extract<LedgerEvent, { type: 'BlockSubmitted' }> | undefined
    /** Outputs that exits have taken since the ledger stands still: gone, though not spent. */
    taken: ReadonlySet<UtxoPos>
    /** What was served for the block that is invalid, where the ledger stands still before one. */
    rejected?: ServedBlock
  }
  /** Logs that could not be completed: an exit that nobody can judge may hide there. */
  unreadable: readonly UnreadableEvent[]
}
