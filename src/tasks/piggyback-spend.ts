import type { InputChallengeData, OutputChallengeData } from '../exit-game/piggyback-challenge.ts'
import { verifyInputChallenge, verifyOutputChallenge } from '../exit-game/verify-piggyback-challenge.ts'
import { rootOf } from './block-root.ts'
import type { Checked } from './first-proof.ts'
import type { InFlightExitState, World } from './task.ts'

type Spent = { inFlightTx: Uint8Array; index: number; exit: InFlightExitState; world: World }

/** Checks an offered spend of an input of the exit, as `challengeInFlightExitInputSpent` will. */
export function checkInputSpend(
  offered: InputChallengeData,
  { inFlightTx, index, exit, world }: Spent,
): Checked<InputChallengeData> {
  const input = exit.inputs[index]
  if (!input) return { ok: false, error: `the exit has no input ${index}` }
  if (offered.in_flight_input_index !== index) {
    return { ok: false, error: `speaks of input ${offered.in_flight_input_index}` }
  }
  const { framework } = world
  const checked = verifyInputChallenge(offered, { inFlightTx, inputOutputId: input.outputId, framework })
  return checked.ok ? { ok: true, value: { ...offered, spending_sig: checked.signature } } : checked
}

/** Checks an offered spend of an output of the exit, as `challengeInFlightExitOutputSpent` will. */
export async function checkOutputSpend(
  offered: OutputChallengeData,
  { inFlightTx, index, world }: Omit<Spent, 'exit'>,
): Promise<Checked<OutputChallengeData>> {
  const root = await rootOf(offered.in_flight_output_pos, world)
  const { framework } = world
  const checked = verifyOutputChallenge(offered, { inFlightTx, outputIndex: index, root, framework })
  return checked.ok ? { ok: true, value: { ...offered, spending_sig: checked.signature } } : checked
}
