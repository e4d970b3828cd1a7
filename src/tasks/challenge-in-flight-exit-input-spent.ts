import { z } from 'zod'
import { challengeInputSpentCall } from '../exit-game/challenge-calls.ts'
import { giveAnswer } from './answer.ts'
import { attempt, bytes, decimal, index, occurrence, utxoPos } from './fields.ts'
import { assertOfExit } from './in-flight-exit.ts'
import { clockOfPiece, settledPiggyback } from './settled-piggyback.ts'
import { task } from './task.ts'

/** Challenges a piggyback on an input that was spent elsewhere, and wins its bond. */
export const challengeInFlightExitInputSpent = task({
  key: 'challengeInFlightExitInputSpent',
  input: z.object({
    exit_id: decimal,
    in_flight_txbytes: bytes,
    in_flight_input_index: index,
    spending_txbytes: bytes,
    spending_input_index: index,
    spending_sig: bytes,
    input_tx: bytes,
    input_utxo_pos: utxoPos,
    occurrence,
    attempt,
  }),
  async run({ exit_id: exitId, occurrence: answered, ...data }, world) {
    assertOfExit('challengeInFlightExitInputSpent', 'in_flight_txbytes', { exitId, raw: data.in_flight_txbytes })
    const piece = { side: 'input', index: data.in_flight_input_index } as const
    const sender = await world.responder()
    return giveAnswer(
      {
        purpose: 'challengeInFlightExitInputSpent',
        events: ['invalid_piggyback'],
        exitId,
        ...piece,
        occurrence: answered,
        call: world.encode(challengeInputSpentCall(data, sender)),
        from: sender,
        ...clockOfPiece(exitId, piece, world),
        settled: () => settledPiggyback(exitId, piece, world),
      },
      world,
    )
  },
})
