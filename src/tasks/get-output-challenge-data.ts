import { z } from 'zod'
import { attempt, bytes, decimal, index, occurrence } from './fields.ts'
import { firstProof } from './first-proof.ts'
import { assertOfExit } from './in-flight-exit.ts'
import { checkOutputSpend } from './piggyback-spend.ts'
import { task } from './task.ts'
import { onWire } from './wire.ts'

/** Finds a spend of a piggybacked output, and checks it as the contract will. Nothing is sent. */
export const getOutputChallengeData = task({
  key: 'getOutputChallengeData',
  input: z.object({ exit_id: decimal, txbytes: bytes, output_index: index, occurrence, attempt }),
  async run({ exit_id: exitId, txbytes: inFlightTx, output_index: outputIndex, ...echoed }, world) {
    assertOfExit('getOutputChallengeData', 'txbytes', { exitId, raw: inFlightTx })
    const data = await firstProof(world.witnesses, {
      what: `that output ${outputIndex} was spent`,
      exitId,
      ask: async (witness) => {
        const offered = await witness.outputChallenge(inFlightTx, outputIndex)
        return checkOutputSpend(offered, { inFlightTx, index: outputIndex, world })
      },
    })
    return { exit_id: exitId.toString(), ...onWire(data), ...echoed }
  },
})
