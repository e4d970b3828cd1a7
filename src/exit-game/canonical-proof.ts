import type { Hash, UtxoPos } from '../plasma/units.ts'
import { knownInFlightExit } from './known-in-flight-exit.ts'
import { txPosition, type Facts } from './spends.ts'

/** The answer of `/in_flight_exit.prove_canonical`; fields as on elixir-omg's wire. */
export type CanonicalProof = { in_flight_txbytes: Uint8Array; in_flight_tx_pos: UtxoPos; in_flight_proof: Uint8Array }

type CanonicalProofError = 'no_viable_canonical_proof_found' | 'ife_not_known_for_tx'

type Answer = { ok: true; data: CanonicalProof } | { ok: false; error: CanonicalProofError }

const NO_PROOF: Answer = { ok: false, error: 'no_viable_canonical_proof_found' }

/** What answers a challenge of canonicity: a block holds the in-flight transaction before its competitor. */
export function canonicalProof({ game, evidence }: Facts, txHash: Hash): Answer {
  const exit = knownInFlightExit(game, txHash)
  if (!exit) return { ok: false, error: 'ife_not_known_for_tx' }
  const place = evidence.inclusion(exit.transaction)
  if (!place || exit.canonicity.status !== 'challenged') return NO_PROOF
  const position = txPosition(place)
  const proof = evidence.inclusionProof(place)
  if (!proof || position >= exit.canonicity.competitorPosition) return NO_PROOF
  return {
    ok: true,
    data: { in_flight_txbytes: exit.transaction.raw, in_flight_tx_pos: position, in_flight_proof: proof },
  }
}
