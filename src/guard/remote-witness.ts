import type { RemoteWatcher } from '../chain/remote-watcher.ts'
import type { CompetitorData } from '../exit-game/competitor-data.ts'
import type { InputChallengeData } from '../exit-game/piggyback-challenge.ts'
import { GuardError } from '../lib/errors.ts'
import type { Witness } from '../tasks/task.ts'

/** A remote Watcher as a witness: what it offers is checked by whoever asks. */
export function createRemoteWitness(name: string, remote: RemoteWatcher): Witness {
  return {
    name,
    standardExitChallenge: async (utxoPos) => dataOf(await remote.challengeData(utxoPos)),
    competitor: async (tx) => dataOf(await remote.competitor(tx)),
    canonicalProof: async (tx) => dataOf(await remote.canonicalProof(tx)),
    inputChallenge: async (tx, index) => dataOf(await remote.inputChallenge(tx, index)),
    outputChallenge: async (tx, index) => dataOf(await remote.outputChallenge(tx, index)),
    inputSpend: async (tx, index) => spendIn(dataOrNone(await remote.competitor(tx)), index),
    outputSpend: async (tx, index) => dataOrNone(await remote.outputChallenge(tx, index)),
  }
}

/** A Watcher proves a spend of an input only after its piggyback; before, a competitor on that input proves the same. */
function spendIn(competitor: CompetitorData | undefined, index: number): InputChallengeData | undefined {
  if (competitor?.in_flight_input_index !== index) return undefined
  return {
    in_flight_txbytes: competitor.in_flight_txbytes,
    in_flight_input_index: index,
    spending_txbytes: competitor.competing_txbytes,
    spending_input_index: competitor.competing_input_index,
    spending_sig: competitor.competing_sig,
    input_tx: competitor.input_tx,
    input_utxo_pos: competitor.input_utxo_pos,
  }
}

type Served<Data> = { ok: true; data: Data } | { ok: false; code: string }

function dataOf<Data>(served: Served<Data>): Data {
  if (!served.ok) throw new WatcherRefusedError(served.code)
  return served.data
}

/** The Watcher looked and found nothing, in the words of its API after the colon. */
const NOTHING = /:(?:competitor_not_found|no_viable_competitor_found|no_double_spend_on_particular_piggyback)$/

function dataOrNone<Data>(served: Served<Data>): Data | undefined {
  return !served.ok && NOTHING.test(served.code) ? undefined : dataOf(served)
}

/** The Watcher answered that it has nothing; it may have something later. */
class WatcherRefusedError extends GuardError {
  override readonly code = 'WATCHER_REFUSED'
  override readonly retryable = true

  constructor(code: string) {
    super(`The Watcher answered ${code}.`, { code })
  }
}
