import { z } from 'zod'
import { verifyStandardExitChallenge } from '../exit-game/verify-standard-exit-challenge.ts'
import { toHex } from '../lib/bytes.ts'
import type { UtxoPos } from '../plasma/units.ts'
import { attempt, decimal, occurrence, utxoPos } from './fields.ts'
import { firstProof, type Checked } from './first-proof.ts'
import { task, type StandardExitChallenge, type Witness, type World } from './task.ts'

/** Finds what proves that an exiting output was spent, and checks it as the contract will. Nothing is sent. */
export const getChallengeData = task({
  key: 'getChallengeData',
  input: z.object({ exit_id: decimal, utxo_pos: utxoPos, occurrence, attempt }),
  async run({ exit_id: exitId, utxo_pos: position, ...echoed }, { witnesses, framework }) {
    const { exitingTx, challengeTx, inputIndex, signature } = await firstProof(witnesses, {
      what: 'that the output was spent',
      exitId,
      ask: (witness) => ask(witness, { exitId, utxoPos: position, framework }),
    })
    return {
      exit_id: exitId.toString(),
      utxo_pos: position.toString(),
      exiting_tx: toHex(exitingTx),
      txbytes: toHex(challengeTx),
      input_index: inputIndex,
      sig: toHex(signature),
      ...echoed,
    }
  },
})

type Exit = { exitId: bigint; utxoPos: UtxoPos; framework: World['framework'] }

async function ask(witness: Witness, exit: Exit): Promise<Checked<StandardExitChallenge>> {
  const offered = await witness.standardExitChallenge(exit.utxoPos)
  if (offered.exitId !== exit.exitId) return { ok: false, error: `speaks of exit ${offered.exitId}` }
  const checked = verifyStandardExitChallenge({ ...exit, ...offered })
  return checked.ok ? { ok: true, value: { ...offered, signature: checked.signature } } : checked
}
