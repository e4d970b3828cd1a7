import { canonicalProof } from '../exit-game/canonical-proof.ts'
import { competitorData } from '../exit-game/competitor-data.ts'
import { inFlightExitData } from '../exit-game/exit-data.ts'
import { inputChallenge, outputChallenge } from '../exit-game/piggyback-challenge.ts'
import { decodeSignedTransaction, decodeTransaction } from '../plasma/transaction.ts'
import type { Hash } from '../plasma/units.ts'
import type { Answer } from './answer.ts'
import { hex, integerAbove } from './params.ts'
import { refusal } from './refusals.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { hexText, hexTextOf, integer, list, object, type Schema } from './schema.ts'
import { answerOf, fromSnapshot, type WatcherApi } from './watcher-api.ts'

const natural = integerAbove(-1n)
const proof = hexTextOf(512)
const signature = hexTextOf(65)

/** What starts an in-flight exit, challenges it, or answers a challenge. All but the first take the raw transaction. */
export function inFlightExitRoutes(api: WatcherApi): readonly DescribedRoute[] {
  return [getData(api), getCompetitor(api), proveCanonical(api), getInputChallenge(api), getOutputChallenge(api)]
}

function getData(api: WatcherApi): DescribedRoute {
  const data = object({
    in_flight_tx: hexText,
    input_txs: list(hexText),
    input_utxos_pos: list(integer),
    input_txs_inclusion_proofs: list(proof),
    in_flight_tx_sigs: list(signature),
  })
  return described(
    { summary: 'What starts the in-flight exit of a signed transaction.', data },
    post('/in_flight_exit.get_data', { txbytes: hex }, ({ txbytes }) => {
      const decoded = decodeSignedTransaction(txbytes)
      if (!decoded.ok) return refusal('get_in_flight_exit', decoded.error)
      return fromSnapshot(api, ({ evidence }) =>
        answerOf('get_in_flight_exit', inFlightExitData(evidence, decoded.value)),
      )
    }),
  )
}

function getCompetitor(api: WatcherApi): DescribedRoute {
  const data = object({
    in_flight_txbytes: hexText,
    in_flight_input_index: integer,
    competing_txbytes: hexText,
    competing_input_index: integer,
    competing_sig: signature,
    competing_tx_pos: integer,
    competing_proof: { anyOf: [proof, { const: '0x' }] },
    input_tx: hexText,
    input_utxo_pos: integer,
  })
  return described(
    { summary: 'What shows that an in-flight exit is not canonical: position 0 for a competitor in no block.', data },
    post('/in_flight_exit.get_competitor', { txbytes: hex }, ({ txbytes }) =>
      ofRaw('get_competitor', txbytes, (txHash, action) =>
        fromSnapshot(api, (facts) => answerOf(action, competitorData(facts, txHash, api.recovery.framework))),
      ),
    ),
  )
}

function proveCanonical(api: WatcherApi): DescribedRoute {
  const data = object({ in_flight_txbytes: hexText, in_flight_tx_pos: integer, in_flight_proof: proof })
  return described(
    { summary: 'What answers an invalid challenge of an in-flight exit that stands in a block.', data },
    post('/in_flight_exit.prove_canonical', { txbytes: hex }, ({ txbytes }) =>
      ofRaw('prove_canonical', txbytes, (txHash, action) =>
        fromSnapshot(api, (facts) => answerOf(action, canonicalProof(facts, txHash))),
      ),
    ),
  )
}

const spending: Readonly<Record<string, Schema>> = {
  in_flight_txbytes: hexText,
  spending_txbytes: hexText,
  spending_input_index: integer,
  spending_sig: signature,
}

function getInputChallenge(api: WatcherApi): DescribedRoute {
  const { framework } = api.recovery
  const input = { in_flight_input_index: integer, input_tx: hexText, input_utxo_pos: integer }
  return described(
    { summary: 'What challenges a piggyback on an input that was spent.', data: object({ ...spending, ...input }) },
    post(
      '/in_flight_exit.get_input_challenge_data',
      { txbytes: hex, input_index: natural },
      ({ txbytes, input_index: index }) =>
        ofRaw('get_input_challenge_data', txbytes, (txHash, action) =>
          fromSnapshot(api, (facts) =>
            answerOf(action, inputChallenge(facts, { txHash, index: indexOf(index), framework })),
          ),
        ),
    ),
  )
}

function getOutputChallenge(api: WatcherApi): DescribedRoute {
  const { framework } = api.recovery
  const data = object({ ...spending, in_flight_output_pos: integer, in_flight_proof: proof })
  return described(
    { summary: 'What challenges a piggyback on an output that was spent.', data },
    post(
      '/in_flight_exit.get_output_challenge_data',
      { txbytes: hex, output_index: natural },
      ({ txbytes, output_index: index }) =>
        ofRaw('get_output_challenge_data', txbytes, (txHash, action) =>
          fromSnapshot(api, (facts) =>
            answerOf(action, outputChallenge(facts, { txHash, index: indexOf(index), framework })),
          ),
        ),
    ),
  )
}

function ofRaw(action: string, raw: Uint8Array, answer: (txHash: Hash, action: string) => Answer): Answer {
  const decoded = decodeTransaction(raw)
  return decoded.ok ? answer(decoded.value.txHash, action) : refusal(action, decoded.error)
}

/** No transaction has so many pieces: the largest number that stays exact names none of them. */
function indexOf(index: bigint): number {
  return index > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(index)
}
