import type { Address } from '../plasma/units.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import type { Fees } from './operator-fees.ts'
import type { InfoIndex } from './info-index.ts'
import type { WatcherApi } from './watcher-api.ts'
import { exitingOutputs } from './exiting.ts'

/** What stands behind the Info API, which serves the security-critical routes too. */
export type InfoApi = WatcherApi & { index: InfoIndex; fees: Fees }

/** Positions of an owner's outputs that are in an exit: unspent, but not to be paid with. */
export function exitingOf(snapshot: Snapshot, owner: Address) {
  return [...(exitingOutputs(snapshot).byOwner.get(owner) ?? []), ...snapshot.childChain.taken]
}
