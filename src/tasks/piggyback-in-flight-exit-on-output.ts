import { z } from 'zod'
import { attempt, bytes, decimal, index, occurrence } from './fields.ts'
import { assertOfExit } from './in-flight-exit.ts'
import { piggyback } from './piggyback.ts'
import { task } from './task.ts'

/** Joins an in-flight exit with an output of our own, in phase 1. */
export const piggybackInFlightExitOnOutput = task({
  key: 'piggybackInFlightExitOnOutput',
  input: z.object({ exit_id: decimal, txbytes: bytes, index, occurrence, attempt }),
  async run({ exit_id: exitId, txbytes: inFlightTx, index: at, occurrence: answered }, world) {
    assertOfExit('piggybackInFlightExitOnOutput', 'txbytes', { exitId, raw: inFlightTx })
    return piggyback({ exitId, inFlightTx, side: 'output', index: at, occurrence: answered }, world)
  },
})
