import type { Alarm } from '../lib/alarm.ts'
import type { Logger } from '../lib/logger.ts'
import type { Account, ChainAccess } from './chain-access.ts'
import type { Budget } from './budget.ts'
import type { Ceilings } from './fee-curve.ts'
import type { IntentStore } from './intent.ts'

/** The world as sending touches it. */
export type Ports = {
  chain: ChainAccess
  store: IntentStore
  /** The first one sends what needs no account of its own. */
  accounts: readonly Account[]
  /** Calls for a person. */
  raise: (alarm: Alarm) => Promise<void>
  log: Logger
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export type Policy = Budget &
  Ceilings & {
    chainId: bigint
    /** Blocks on top of each other that make a receipt count, the first included. */
    confirmations: number
    /** Blocks on top of each other that no reorganisation undoes any more. */
    finalAfterBlocks: number
    /** Blocks without being mined after which a transaction that nothing presses is replaced. */
    stuckAfterBlocks: number
    /** Milliseconds between two looks at pending transactions. */
    pollMs: number
    /** Chain seconds after which a bond counts as home. */
    bondSeconds: bigint
  }
