import { standardExitChallenge } from './exit-game/standard-exit-challenge.ts'
import { GuardError } from './lib/errors.ts'
import type { Address } from './plasma/units.ts'
import type { Witness } from './tasks/task.ts'
import type { Watcher } from './watcher/watcher.ts'

/** Our own verification as a witness: what it has seen on both chains. */
export function createOwnWitness(watcher: Pick<Watcher, 'snapshot'>, framework: Address): Witness {
  return {
    name: 'own verification',
    standardExitChallenge: (utxoPos) => {
      const snapshot = watcher.snapshot()
      if (!snapshot) return Promise.reject(new NoEvidenceError('it has not caught up with the chain'))
      const found = standardExitChallenge(snapshot, utxoPos, framework)
      if (!found.ok) return Promise.reject(new NoEvidenceError(found.error))
      const { exit_id: exitId, exiting_tx: exitingTx, txbytes, input_index: inputIndex, sig } = found.data
      return Promise.resolve({ exitId, exitingTx, challengeTx: txbytes, inputIndex, signature: sig })
    },
  }
}

/** Our own verification has nothing to show for it now. */
class NoEvidenceError extends GuardError {
  override readonly code = 'NO_EVIDENCE'
  override readonly retryable = true

  constructor(why: string) {
    super(`Our own verification shows nothing: ${why}.`, { why })
  }
}
