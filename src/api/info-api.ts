import type { Address } from '../plasma/units.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import { serviceUnavailable, type Answer } from './answer.ts'
import type { Fees } from './operator-fees.ts'
import type { InfoIndex } from './info-index.ts'
import type { WatcherApi } from './watcher-api.ts'
import { exitingOutputs } from './exiting.ts'

/** What stands behind the Info API, which serves the security-critical routes too. */
export type InfoApi = WatcherApi & { index: InfoIndex; fees: Fees }

/** Answers from what is known, or says that too little is; waits where the answer does. */
export async function whileSeeing(
  { watcher }: Pick<WatcherApi, 'watcher'>,
  answer: (snapshot: Snapshot) => Answer | Promise<Answer>,
): Promise<Answer> {
  const snapshot = watcher.snapshot()
  return snapshot ? answer(snapshot) : serviceUnavailable
}

/** Positions of an owner's outputs that are in an exit: unspent, but not to be paid with. */
export function exitingOf(snapshot: Snapshot, owner: Address) {
  return exitingOutputs(snapshot).byOwner.get(owner) ?? []
}
