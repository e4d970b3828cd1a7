import { canonicalProof } from '../exit-game/canonical-proof.ts'
import { competitorData } from '../exit-game/competitor-data.ts'
import { inputChallenge, outputChallenge } from '../exit-game/piggyback-challenge.ts'
import type { Facts } from '../exit-game/spends.ts'
import { standardExitChallenge } from '../exit-game/standard-exit-challenge.ts'
import { toHex } from '../lib/bytes.ts'
import { GuardError } from '../lib/errors.ts'
import { keccak } from '../plasma/keccak.ts'
import type { Address, Hash } from '../plasma/units.ts'
import type { Witness } from '../tasks/task.ts'
import type { Watcher } from '../watcher/watcher.ts'

type Found<Data> = { ok: true; data: Data } | { ok: false; error: string }

/** Our own verification as a witness: what it has seen on both chains. */
export function createOwnWitness(watcher: Pick<Watcher, 'snapshot'>, framework: Address): Witness {
  /** Reads at once, then waits: what a snapshot shows is alive. */
  function read<Data>(question: (facts: Facts) => Found<Data>): Promise<Data> {
    const snapshot = watcher.snapshot()
    if (!snapshot) return Promise.reject(new NoEvidenceError('it has not caught up with the chain'))
    const found = question(snapshot)
    return found.ok ? Promise.resolve(found.data) : Promise.reject(new NoEvidenceError(found.error))
  }

  return {
    name: 'own verification',
    standardExitChallenge: async (utxoPos) => {
      const found = await read((facts) => standardExitChallenge(facts, utxoPos, framework))
      const { exit_id: exitId, exiting_tx: exitingTx, txbytes, input_index: inputIndex, sig } = found
      return { exitId, exitingTx, challengeTx: txbytes, inputIndex, signature: sig }
    },
    competitor: (tx) => read((facts) => competitorData(facts, hashOf(tx), framework)),
    canonicalProof: (tx) => read((facts) => canonicalProof(facts, hashOf(tx))),
    inputChallenge: (tx, index) => read((facts) => inputChallenge(facts, { txHash: hashOf(tx), index, framework })),
    outputChallenge: (tx, index) => read((facts) => outputChallenge(facts, { txHash: hashOf(tx), index, framework })),
    inputSpend: (tx, index) =>
      read((facts) => orNone(inputChallenge(facts, { txHash: hashOf(tx), index, framework, asIf: 'piggybacked' }))),
    outputSpend: (tx, index) =>
      read((facts) => orNone(outputChallenge(facts, { txHash: hashOf(tx), index, framework, asIf: 'piggybacked' }))),
  }
}

/** That there is no spend is an answer as well. */
function orNone<Data>(found: Found<Data>): Found<Data | undefined> {
  const none = !found.ok && found.error === 'no_double_spend_on_particular_piggyback'
  return none ? { ok: true, data: undefined } : found
}

function hashOf(raw: Uint8Array): Hash {
  return toHex(keccak(raw)) as Hash
}

/** Our own verification has nothing to show for it now. */
class NoEvidenceError extends GuardError {
  override readonly code = 'NO_EVIDENCE'
  override readonly retryable = true

  constructor(why: string) {
    super(`Our own verification shows nothing: ${why}.`, { why })
  }
}
