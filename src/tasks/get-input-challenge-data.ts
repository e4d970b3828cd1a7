import { z } from 'zod'
import { attempt, bytes, decimal, index, occurrence } from './fields.ts'
import { firstProof } from './first-proof.ts'
import { assertOfExit } from './in-flight-exit.ts'
import { checkInputSpend } from './piggyback-spend.ts'
import { task } from './task.ts'
import { onWire } from './wire.ts'

/** Finds another spend of a piggybacked input, and checks it as the contract will. Nothing is sent. */
export const getInputChallengeData = task({
  key: 'getInputChallengeData',
  input: z.object({ exit_id: decimal, txbytes: bytes, input_index: index, occurrence, attempt }),
  async run({ exit_id: exitId, txbytes: inFlightTx, input_index: inputIndex, ...echoed }, world) {
    assertOfExit('getInputChallengeData', 'txbytes', { exitId, raw: inFlightTx })
    const exit = await world.inFlightExit(exitId)
    const data = await firstProof(world.witnesses, {
      what: `that input ${inputIndex} was spent elsewhere`,
      exitId,
      ask: async (witness) => {
        const offered = await witness.inputChallenge(inFlightTx, inputIndex)
        return checkInputSpend(offered, { inFlightTx, index: inputIndex, exit, world })
      },
    })
    return { exit_id: exitId.toString(), ...onWire(data), ...echoed }
  },
})
