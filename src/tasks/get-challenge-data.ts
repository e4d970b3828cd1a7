import { z } from 'zod'
import { verifyStandardExitChallenge } from '../exit-game/verify-standard-exit-challenge.ts'
import { toHex } from '../lib/bytes.ts'
import { GuardError } from '../lib/errors.ts'
import type { UtxoPos } from '../plasma/units.ts'
import { attempt, decimal, occurrence, utxoPos } from './fields.ts'
import { task, type StandardExitChallenge, type Witness, type World } from './task.ts'

/** Finds what proves that an exiting output was spent, and checks it as the contract will. Nothing is sent. */
export const getChallengeData = task({
  key: 'getChallengeData',
  input: z.object({ exit_id: decimal, utxo_pos: utxoPos, occurrence, attempt }),
  async run({ exit_id: exitId, utxo_pos: position, ...echoed }, { witnesses, framework }) {
    const { exitingTx, challengeTx, inputIndex, signature } = await firstProof(witnesses, {
      exitId,
      utxoPos: position,
      framework,
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

async function firstProof(witnesses: readonly Witness[], exit: Exit): Promise<StandardExitChallenge> {
  const refusals: string[] = []
  for (const witness of witnesses) {
    const answer = await ask(witness, exit)
    if (typeof answer !== 'string') return answer
    refusals.push(`${witness.name}: ${answer}`)
  }
  throw new NoChallengeDataError(exit, refusals)
}

/** A proof that the contract will accept, or why this witness has none. */
async function ask(witness: Witness, exit: Exit): Promise<StandardExitChallenge | string> {
  try {
    const offered = await witness.standardExitChallenge(exit.utxoPos)
    if (offered.exitId !== exit.exitId) return `speaks of exit ${offered.exitId}`
    const checked = verifyStandardExitChallenge({ ...exit, ...offered })
    return checked.ok ? { ...offered, signature: checked.signature } : checked.error
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    return error.message
  }
}

class NoChallengeDataError extends GuardError {
  override readonly code = 'NO_CHALLENGE_DATA'
  override readonly retryable = true

  constructor({ exitId, utxoPos: position }: Exit, refusals: readonly string[]) {
    super(`Nobody proves that the output of exit ${exitId} was spent: ${refusals.join('; ')}.`, {
      exitId,
      utxoPos: position,
    })
  }
}
