import type { Address, UtxoPos } from '../plasma/units.ts'
import { firstProven } from './proven-spend.ts'
import { spendsOf, type Facts } from './spends.ts'

/** The answer of `/utxo.get_challenge_data`; fields as on elixir-omg's wire. */
type StandardExitChallengeData = {
  exit_id: bigint
  exiting_tx: Uint8Array
  txbytes: Uint8Array
  input_index: number
  sig: Uint8Array
}

type StandardExitChallengeError = 'exit_not_found' | 'utxo_not_spent'

type Answer = { ok: true; data: StandardExitChallengeData } | { ok: false; error: StandardExitChallengeError }

/** What challenges the standard exit of an output: any signed spend of it, an included one first. */
export function standardExitChallenge(facts: Facts, utxoPos: UtxoPos, framework: Address): Answer {
  const exitId = facts.game.standardExitOf.get(utxoPos)
  const exit = exitId === undefined ? undefined : facts.game.standardExits.get(exitId)
  if (!exit) return { ok: false, error: 'exit_not_found' }
  const { owner, outputTx } = exit
  const proven = firstProven(facts, spendsOf(facts, { utxoPos, owner }), { utxoPos, owner, framework })
  if (!proven) return { ok: false, error: 'utxo_not_spent' }
  const { spendingTx, inputIndex, signature } = proven
  return {
    ok: true,
    data: { exit_id: exit.exitId, exiting_tx: outputTx, txbytes: spendingTx, input_index: inputIndex, sig: signature },
  }
}
