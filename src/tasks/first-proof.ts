import { GuardError } from '../lib/errors.ts'
import type { Witness } from './task.ts'

/** What a check says of something offered: checked, or refused with a reason. */
export type Checked<Proof> = { ok: true; value: Proof } | { ok: false; error: string }

type Question<Proof> = {
  /** What is to be proven, for the error: `that …`. */
  what: string
  exitId: bigint
  /** Asks one witness, and checks what it offers as the contract will. */
  ask: (witness: Witness) => Promise<Checked<Proof>>
  /** Whether the contract still waits for this proof; a good one that it does not wait for is second choice. */
  isWanted?: (proof: Proof) => boolean
}

/**
 * Asks one witness after the other until one offers what the contract will accept. A lie, a refusal and silence are all
 * alike reasons to ask the next.
 *
 * @throws {@link NoProofError} naming what was wrong with each.
 */
export async function firstProof<Proof>(witnesses: readonly Witness[], question: Question<Proof>): Promise<Proof> {
  const { what, exitId, isWanted = () => true } = question
  const refusals: string[] = []
  const unwanted: Proof[] = []
  for (const witness of witnesses) {
    const answer = await orRefusal(question.ask, witness)
    if (!answer.ok) refusals.push(`${witness.name}: ${answer.error}`)
    else if (isWanted(answer.value)) return answer.value
    else unwanted.push(answer.value)
  }
  const [second] = unwanted
  if (second === undefined) throw new NoProofError(what, { exitId, refusals })
  return second
}

/** What a witness throws on purpose is its answer; anything else is a bug. */
async function orRefusal<Proof>(
  ask: (witness: Witness) => Promise<Checked<Proof>>,
  witness: Witness,
): Promise<Checked<Proof>> {
  try {
    return await ask(witness)
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    return { ok: false, error: error.message }
  }
}

/** No witness offers what the contract would accept; one may later. */
class NoProofError extends GuardError {
  override readonly code = 'NO_PROOF'
  override readonly retryable = true

  constructor(what: string, { exitId, refusals }: { exitId: bigint; refusals: readonly string[] }) {
    const said = refusals.length === 0 ? 'there is nobody to ask' : refusals.join('; ')
    super(`Nobody proves ${what} of exit ${exitId}: ${said}.`, { exitId })
  }
}
