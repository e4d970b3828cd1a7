import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import type { Side } from './contract-event.ts'
import { pieceOutput, type InFlightExit } from './in-flight-exit.ts'
import { piecePosition } from './in-flight-judgement.ts'
import { knownInFlightExit } from './known-in-flight-exit.ts'
import { pieceSpends } from './piece-spends.ts'
import type { Piggyback } from './piggyback.ts'
import { firstProven, type ProvenSpend } from './proven-spend.ts'
import type { Facts } from './spends.ts'

/** The answer of `/in_flight_exit.get_input_challenge_data`; fields as on elixir-omg's wire. */
export type InputChallengeData = {
  in_flight_txbytes: Uint8Array
  in_flight_input_index: number
  spending_txbytes: Uint8Array
  spending_input_index: number
  spending_sig: Uint8Array
  input_tx: Uint8Array
  input_utxo_pos: UtxoPos
}

/** The answer of `/in_flight_exit.get_output_challenge_data`. */
export type OutputChallengeData = {
  in_flight_txbytes: Uint8Array
  in_flight_output_pos: UtxoPos
  in_flight_proof: Uint8Array
  spending_txbytes: Uint8Array
  spending_input_index: number
  spending_sig: Uint8Array
}

type PiggybackChallengeError =
  'no_double_spend_on_particular_piggyback' | 'piggybacked_index_out_of_range' | 'ife_not_known_for_tx'

type Asked = {
  txHash: Hash
  index: number
  framework: Address
  /** What would challenge the piece if it were piggybacked, whether or not it is. */
  asIf?: 'piggybacked'
}
type Answer<Data> = { ok: true; data: Data } | { ok: false; error: PiggybackChallengeError }

const MOST_PIECES = 4

/** What challenges a piggybacked input: another transaction that spends it. No block need hold that. */
export function inputChallenge(facts: Facts, asked: Asked): Answer<InputChallengeData> {
  const found = findSpend(facts, { ...asked, side: 'input' })
  if (!found.ok) return found
  const { exit, spend } = found.data
  const input = exit.inputs[asked.index]
  if (!input) return none
  return {
    ok: true,
    data: {
      ...spending(exit, spend),
      in_flight_input_index: asked.index,
      input_tx: input.creatingTx,
      input_utxo_pos: input.utxoPos,
    },
  }
}

/** What challenges a piggybacked output: a block holds the in-flight transaction, and something spends its output. */
export function outputChallenge(facts: Facts, asked: Asked): Answer<OutputChallengeData> {
  const found = findSpend(facts, { ...asked, side: 'output' })
  if (!found.ok) return found
  const { exit, spend, utxoPos } = found.data
  const place = facts.evidence.inclusion(exit.transaction)
  const proof = place && facts.evidence.inclusionProof(place)
  if (!proof) return none
  return { ok: true, data: { ...spending(exit, spend), in_flight_output_pos: utxoPos, in_flight_proof: proof } }
}

const none: Answer<never> = { ok: false, error: 'no_double_spend_on_particular_piggyback' }

type Found = { exit: InFlightExit; spend: ProvenSpend; utxoPos: UtxoPos }

function findSpend(facts: Facts, { txHash, index, framework, asIf, side }: Asked & { side: Side }): Answer<Found> {
  if (!isPieceIndex(index)) return { ok: false, error: 'piggybacked_index_out_of_range' }
  const exit = knownInFlightExit(facts.game, txHash)
  if (!exit) return { ok: false, error: 'ife_not_known_for_tx' }
  const piece = { inclusion: facts.evidence.inclusion(exit.transaction), side, index }
  const claimed = asIf === 'piggybacked' || isPiggybacked(exit.piggybacks[side][index])
  const output = claimed ? pieceOutput(exit, side, index) : undefined
  const utxoPos = piecePosition(exit, piece.inclusion, piece)
  if (utxoPos === undefined || !output) return none
  const spend = firstProven(facts, pieceSpends(exit, facts, piece), { utxoPos, owner: output.owner, framework })
  return spend ? { ok: true, data: { exit, spend, utxoPos } } : none
}

function isPieceIndex(index: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < MOST_PIECES
}

/** Challenged pieces are not: there is nothing left to challenge. */
function isPiggybacked(piggyback: Piggyback | undefined): boolean {
  return piggyback !== undefined && piggyback.status !== 'absent' && piggyback.status !== 'blocked'
}

type Spending = Pick<
  InputChallengeData,
  'in_flight_txbytes' | 'spending_txbytes' | 'spending_input_index' | 'spending_sig'
>

function spending(exit: InFlightExit, { spendingTx, inputIndex, signature }: ProvenSpend): Spending {
  return {
    in_flight_txbytes: exit.transaction.raw,
    spending_txbytes: spendingTx,
    spending_input_index: inputIndex,
    spending_sig: signature,
  }
}
