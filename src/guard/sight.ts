import type { Deployment } from '../chain/deployment.ts'
import type { Node } from '../chain/node.ts'
import type { createRootChain } from '../chain/root-chain.ts'
import type { Alarms } from '../events/alarm.ts'
import type { ConditionBoard } from '../events/board.ts'
import type { Logger } from '../lib/logger.ts'
import type { Address } from '../plasma/units.ts'
import type { Witness } from '../tasks/task.ts'
import type { Watcher } from '../watcher/watcher.ts'
import type { Verification } from './verification.ts'

/** What a way of seeing is made of. */
export type SightParts = {
  node: Node
  deployment: Deployment
  rootChain: ReturnType<typeof createRootChain>
  /** Our own verification of both chains, where the configuration has one. */
  verification: Verification | undefined
  own: ReadonlySet<Address>
  log: Logger
}

/** Where a sight says what it sees. */
export type Outlet = { pin: ConditionBoard['pin']; alarms: Alarms }

/** A way of seeing what goes wrong, which can also prove it. */
export type Sight = {
  name: string
  witness: Witness
  /** Where this is our own verification of both chains. */
  verification?: Pick<Watcher, 'snapshot' | 'onHead'>
  /** Why it sees nothing now; undefined while it sees. */
  blindness: () => string | undefined
  run: (outlet: Outlet, signal: AbortSignal) => Promise<void>
}
