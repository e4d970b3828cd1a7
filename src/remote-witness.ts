import type { RemoteWatcher } from './chain/remote-watcher.ts'
import { GuardError } from './lib/errors.ts'
import type { Witness } from './tasks/task.ts'

/** A remote Watcher as a witness: what it offers is checked by whoever asks. */
export function createRemoteWitness(name: string, remote: RemoteWatcher): Witness {
  return {
    name,
    standardExitChallenge: async (utxoPos) => {
      const served = await remote.challengeData(utxoPos)
      if (!served.ok) throw new WatcherRefusedError(served.code)
      return served.data
    },
  }
}

/** The Watcher answered that it has nothing; it may have something later. */
class WatcherRefusedError extends GuardError {
  override readonly code = 'WATCHER_REFUSED'
  override readonly retryable = true

  constructor(code: string) {
    super(`The Watcher answered ${code}.`, { code })
  }
}
