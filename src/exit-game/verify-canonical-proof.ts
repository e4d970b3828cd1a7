import { equalBytes } from '../lib/bytes.ts'
import { verifyProof } from '../plasma/merkle.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Hash } from '../plasma/units.ts'
import type { CanonicalProof } from './canonical-proof.ts'

export type CanonicalProofFinding =
  'other_in_flight_tx' | 'position_names_an_output' | 'not_older_than_competitor' | 'in_flight_tx_not_included'

type OnContract = {
  /** The raw in-flight transaction of the exit. */
  inFlightTx: Uint8Array
  /** `inFlightExits(id).oldestCompetitorPosition`; 0 when nobody has challenged. */
  oldestCompetitorPosition: bigint
  /** `blocks(blknum).root` of the block that the transaction is said to be in. */
  root: Hash | undefined
}

/** Checks everything that `respondToNonCanonicalChallenge` will check (contracts v1.0.4). */
export function verifyCanonicalProof(
  data: CanonicalProof,
  { inFlightTx, oldestCompetitorPosition, root }: OnContract,
): { ok: true } | { ok: false; error: CanonicalProofFinding } {
  const { in_flight_txbytes: leaf, in_flight_tx_pos: position, in_flight_proof: proof } = data
  if (!equalBytes(leaf, inFlightTx)) return { ok: false, error: 'other_in_flight_tx' }
  const { txIndex, outputIndex } = decodeUtxoPos(position)
  if (position === 0n || outputIndex !== 0) return { ok: false, error: 'position_names_an_output' }
  if (position >= oldestCompetitorPosition) return { ok: false, error: 'not_older_than_competitor' }
  const included = root !== undefined && verifyProof({ root, leaf, index: txIndex, proof })
  return included ? { ok: true } : { ok: false, error: 'in_flight_tx_not_included' }
}
