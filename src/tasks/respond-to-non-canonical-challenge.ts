import { z } from 'zod'
import { respondToChallengeCall } from '../exit-game/challenge-calls.ts'
import type { Outcome } from '../lib/outcome.ts'
import { giveAnswer } from './answer.ts'
import { attempt, bytes, decimal, occurrence, utxoPos } from './fields.ts'
import { assertOfExit, GONE, isHeld } from './in-flight-exit.ts'
import { stakeOf } from './stake-of.ts'
import { task, type World } from './task.ts'
import { exitableAt, tokensOf } from './urgency.ts'

/** Shows the contract that a challenged in-flight transaction is in an older block than its competitor; in any phase. */
export const respondToNonCanonicalChallenge = task({
  key: 'respondToNonCanonicalChallenge',
  input: z.object({
    exit_id: decimal,
    in_flight_txbytes: bytes,
    in_flight_tx_pos: utxoPos,
    in_flight_proof: bytes,
    occurrence,
    attempt,
  }),
  run({ exit_id: exitId, occurrence: answered, ...data }, world) {
    assertOfExit('respondToNonCanonicalChallenge', 'in_flight_txbytes', { exitId, raw: data.in_flight_txbytes })
    return giveAnswer(
      {
        purpose: 'respondToNonCanonicalChallenge',
        events: ['invalid_ife_challenge'],
        exitId,
        occurrence: answered,
        call: world.encode(respondToChallengeCall(data)),
        deadline: async () => exitableAt(exitId, tokensOf(await world.inFlightExit(exitId)), world),
        stake: () => stakeOf('invalid_ife_challenge', { exitId }, world),
        settled: () => settled(exitId, data.in_flight_tx_pos, world),
      },
      world,
    )
  },
})

async function settled(
  exitId: bigint,
  position: bigint,
  { inFlightExit }: Pick<World, 'inFlightExit'>,
): Promise<Outcome | undefined> {
  const exit = await inFlightExit(exitId)
  const { isCanonical, oldestCompetitorPosition: oldest } = exit
  if (!isHeld(exit)) return GONE
  if (oldest === 0n) return { outcome: 'not_needed', reason: 'nobody has challenged the exit' }
  if (isCanonical) return { outcome: 'done_by_other', reason: 'the challenge was answered' }
  if (oldest <= position) return { outcome: 'impossible', reason: 'the competitor is older than the transaction' }
  return undefined
}
