import { z } from 'zod'
import { challengeNotCanonicalCall } from '../exit-game/challenge-calls.ts'
import type { Outcome } from '../lib/outcome.ts'
import { giveAnswer } from './answer.ts'
import { isOlder } from './competitor-age.ts'
import { attempt, bytes, decimal, index, occurrence, utxoPos } from './fields.ts'
import { assertOfExit, GONE, isHeld, isPhaseOneOver } from './in-flight-exit.ts'
import { stakeOf } from './stake-of.ts'
import { task, type World } from './task.ts'
import { phaseOneOf } from './urgency.ts'

/** Shows the contract an older competitor of an in-flight transaction, in phase 1. */
export const challengeInFlightExitNotCanonical = task({
  key: 'challengeInFlightExitNotCanonical',
  input: z.object({
    exit_id: decimal,
    in_flight_txbytes: bytes,
    in_flight_input_index: index,
    competing_txbytes: bytes,
    competing_input_index: index,
    competing_sig: bytes,
    competing_tx_pos: utxoPos,
    competing_proof: bytes,
    input_tx: bytes,
    input_utxo_pos: utxoPos,
    occurrence,
    attempt,
  }),
  run({ exit_id: exitId, occurrence: answered, ...data }, world) {
    assertOfExit('challengeInFlightExitNotCanonical', 'in_flight_txbytes', { exitId, raw: data.in_flight_txbytes })
    const position = data.competing_tx_pos
    return giveAnswer(
      {
        purpose: 'challengeInFlightExitNotCanonical',
        events: ['noncanonical_ife'],
        exitId,
        occurrence: answered,
        variant: position.toString(),
        call: world.encode(challengeNotCanonicalCall(data)),
        deadline: async () => phaseOneOf(await world.inFlightExit(exitId), world),
        stake: () => stakeOf('noncanonical_ife', { exitId }, world),
        settled: () => settled(exitId, position, world),
      },
      world,
    )
  },
})

async function settled(exitId: bigint, position: bigint, world: World): Promise<Outcome | undefined> {
  const exit = await world.inFlightExit(exitId)
  if (!isHeld(exit)) return GONE
  if (!isOlder(position, exit.oldestCompetitorPosition)) {
    return exit.isCanonical
      ? { outcome: 'not_needed', reason: 'the in-flight transaction was shown to be older than this competitor' }
      : { outcome: 'done_by_other', reason: 'the contract knows this competitor or an older one' }
  }
  if (await isPhaseOneOver(exit, world)) return { outcome: 'too_late', reason: 'the first phase of the exit is over' }
  return undefined
}
