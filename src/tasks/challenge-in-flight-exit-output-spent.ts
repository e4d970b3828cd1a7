import { z } from 'zod'
import { challengeOutputSpentCall } from '../exit-game/challenge-calls.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import { giveAnswer } from './answer.ts'
import { attempt, bytes, decimal, index, occurrence, utxoPos } from './fields.ts'
import { assertOfExit } from './in-flight-exit.ts'
import { clockOfPiece, settledPiggyback } from './settled-piggyback.ts'
import { task } from './task.ts'

/** Challenges a piggyback on an output that was spent, and wins its bond. */
export const challengeInFlightExitOutputSpent = task({
  key: 'challengeInFlightExitOutputSpent',
  input: z.object({
    exit_id: decimal,
    in_flight_txbytes: bytes,
    in_flight_output_pos: utxoPos,
    in_flight_proof: bytes,
    spending_txbytes: bytes,
    spending_input_index: index,
    spending_sig: bytes,
    occurrence,
    attempt,
  }),
  async run({ exit_id: exitId, occurrence: answered, ...data }, world) {
    assertOfExit('challengeInFlightExitOutputSpent', 'in_flight_txbytes', { exitId, raw: data.in_flight_txbytes })
    const piece = { side: 'output', index: decodeUtxoPos(data.in_flight_output_pos).outputIndex } as const
    const sender = await world.responder()
    return giveAnswer(
      {
        purpose: 'challengeInFlightExitOutputSpent',
        events: ['invalid_piggyback'],
        exitId,
        ...piece,
        occurrence: answered,
        call: world.encode(challengeOutputSpentCall(data, sender)),
        from: sender,
        ...clockOfPiece(exitId, piece, world),
        settled: () => settledPiggyback(exitId, piece, world),
      },
      world,
    )
  },
})
