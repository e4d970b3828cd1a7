import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import { competitorsOf, isViable, type Competitor } from './competitor.ts'
import type { InFlightExit } from './in-flight-exit.ts'
import { knownInFlightExit } from './known-in-flight-exit.ts'
import { proveSpend } from './proven-spend.ts'
import { txPosition, type Facts } from './spends.ts'

/** The answer of `/in_flight_exit.get_competitor`; fields as on elixir-omg's wire. */
export type CompetitorData = {
  in_flight_txbytes: Uint8Array
  in_flight_input_index: number
  competing_txbytes: Uint8Array
  competing_input_index: number
  competing_sig: Uint8Array
  /** 0 when no block holds the competitor. */
  competing_tx_pos: UtxoPos
  /** No bytes when no block holds the competitor. */
  competing_proof: Uint8Array
  input_tx: Uint8Array
  input_utxo_pos: UtxoPos
}

type CompetitorError = 'competitor_not_found' | 'no_viable_competitor_found' | 'ife_not_known_for_tx'

type Answer = { ok: true; data: CompetitorData } | { ok: false; error: CompetitorError }

const NO_POSITION = 0n as UtxoPos
const NO_PROOF = new Uint8Array()

/** What shows that an in-flight transaction is not canonical: the oldest competitor that the contract will accept. */
export function competitorData(facts: Facts, txHash: Hash, framework: Address): Answer {
  const exit = knownInFlightExit(facts.game, txHash)
  if (!exit) return { ok: false, error: 'ife_not_known_for_tx' }
  const competitors = competitorsOf(exit, facts)
  if (competitors.length === 0) return { ok: false, error: 'competitor_not_found' }
  const inclusion = facts.evidence.inclusion(exit.transaction)
  for (const competitor of competitors) {
    const data = isViable(competitor, exit, inclusion) && dataOf(facts, { exit, competitor, framework })
    if (data) return { ok: true, data }
  }
  return { ok: false, error: 'no_viable_competitor_found' }
}

type Shown = { exit: InFlightExit; competitor: Competitor; framework: Address }

function dataOf(facts: Facts, { exit, competitor, framework }: Shown): CompetitorData | undefined {
  const { spend, inFlightInputIndex } = competitor
  const input = exit.inputs[inFlightInputIndex]
  if (!input) return undefined
  const { utxoPos, output, creatingTx } = input
  const proven = proveSpend(facts, spend, { utxoPos, owner: output.owner, framework })
  const proof = spend.place ? facts.evidence.inclusionProof(spend.place) : NO_PROOF
  if (!proven || !proof) return undefined
  return {
    in_flight_txbytes: exit.transaction.raw,
    in_flight_input_index: inFlightInputIndex,
    competing_txbytes: proven.spendingTx,
    competing_input_index: proven.inputIndex,
    competing_sig: proven.signature,
    competing_tx_pos: spend.place ? txPosition(spend.place) : NO_POSITION,
    competing_proof: proof,
    input_tx: creatingTx,
    input_utxo_pos: utxoPos,
  }
}
