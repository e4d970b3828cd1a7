import type { Logger } from '../lib/logger.ts'
import type { Wei } from '../plasma/units.ts'
import type { Account, ChainAccess } from './chain-access.ts'
import type { IntentStore } from './intent.ts'
import type { Patience } from './next-move.ts'

/** The world as sending touches it. */
export type Ports = {
  chain: ChainAccess
  store: IntentStore
  /** The first one sends what needs no account of its own. */
  accounts: readonly Account[]
  log: Logger
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export type Policy = Patience & {
  chainId: bigint
  /** Milliseconds between two looks at a pending transaction. */
  pollMs: number
  /** Wei per gas that is never exceeded. */
  feeCeiling: Wei
}
