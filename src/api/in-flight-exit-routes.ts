import { canonicalProof } from '../exit-game/canonical-proof.ts'
import { competitorData } from '../exit-game/competitor-data.ts'
import { inFlightExitData } from '../exit-game/exit-data.ts'
import { inputChallenge, outputChallenge } from '../exit-game/piggyback-challenge.ts'
import { decodeSignedTransaction, decodeTransaction } from '../plasma/transaction.ts'
import type { Hash } from '../plasma/units.ts'
import type { Answer } from './answer.ts'
import { hex, integerAbove } from './params.ts'
import { refusal } from './refusals.ts'
import { post, type Route } from './route.ts'
import { answerOf, fromSnapshot, type WatcherApi } from './watcher-api.ts'

const natural = integerAbove(-1n)

/** What starts an in-flight exit, challenges it, or answers a challenge. All but the first take the raw transaction. */
export function inFlightExitRoutes(api: WatcherApi): readonly Route[] {
  const { framework } = api.recovery
  return [
    post('/in_flight_exit.get_data', { txbytes: hex }, ({ txbytes }) => {
      const decoded = decodeSignedTransaction(txbytes)
      if (!decoded.ok) return refusal('get_in_flight_exit', decoded.error)
      return fromSnapshot(api, ({ evidence }) =>
        answerOf('get_in_flight_exit', inFlightExitData(evidence, decoded.value)),
      )
    }),
    post('/in_flight_exit.get_competitor', { txbytes: hex }, ({ txbytes }) =>
      ofRaw('get_competitor', txbytes, (txHash, action) =>
        fromSnapshot(api, (facts) => answerOf(action, competitorData(facts, txHash, framework))),
      ),
    ),
    post('/in_flight_exit.prove_canonical', { txbytes: hex }, ({ txbytes }) =>
      ofRaw('prove_canonical', txbytes, (txHash, action) =>
        fromSnapshot(api, (facts) => answerOf(action, canonicalProof(facts, txHash))),
      ),
    ),
    post(
      '/in_flight_exit.get_input_challenge_data',
      { txbytes: hex, input_index: natural },
      ({ txbytes, input_index: input }) =>
        ofRaw('get_input_challenge_data', txbytes, (txHash, action) =>
          fromSnapshot(api, (facts) =>
            answerOf(action, inputChallenge(facts, { txHash, index: indexOf(input), framework })),
          ),
        ),
    ),
    post(
      '/in_flight_exit.get_output_challenge_data',
      { txbytes: hex, output_index: natural },
      ({ txbytes, output_index: output }) =>
        ofRaw('get_output_challenge_data', txbytes, (txHash, action) =>
          fromSnapshot(api, (facts) =>
            answerOf(action, outputChallenge(facts, { txHash, index: indexOf(output), framework })),
          ),
        ),
    ),
  ]
}

function ofRaw(action: string, raw: Uint8Array, answer: (txHash: Hash, action: string) => Answer): Answer {
  const decoded = decodeTransaction(raw)
  return decoded.ok ? answer(decoded.value.txHash, action) : refusal(action, decoded.error)
}

/** No transaction has so many pieces: the largest number that stays exact names none of them. */
function indexOf(index: bigint): number {
  return index > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(index)
}
