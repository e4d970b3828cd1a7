import { z } from 'zod'
import { challengeStandardExitCall } from '../exit-game/calls.ts'
import { parseCanonical } from '../exit-game/canonical-transaction.ts'
import { exitedIndex } from '../exit-game/exit-id.ts'
import { vaultStake } from '../exit-game/stake.ts'
import type { Outcome } from '../lib/outcome.ts'
import { giveAnswer } from './answer.ts'
import { attempt, bytes, decimal, index, occurrence } from './fields.ts'
import { task, type World } from './task.ts'
import { exitableAt, type Clock } from './urgency.ts'

type Shown = { exit_id: bigint; exiting_tx: Uint8Array }

/** Challenges a standard exit of a spent output and wins its bond. */
export const challengeStandardExit = task({
  key: 'challengeStandardExit',
  input: z.object({
    exit_id: decimal,
    exiting_tx: bytes,
    txbytes: bytes,
    input_index: index,
    sig: bytes,
    occurrence,
    attempt,
  }),
  run: async (input, world) => {
    const sender = await world.responder()
    return giveAnswer(
      {
        purpose: 'challengeStandardExit',
        events: ['invalid_exit'],
        exitId: input.exit_id,
        occurrence: input.occurrence,
        call: world.encode(
          challengeStandardExitCall({
            exitId: input.exit_id,
            exitingTx: input.exiting_tx,
            challengeTx: input.txbytes,
            inputIndex: input.input_index,
            signature: input.sig,
            sender,
          }),
        ),
        from: sender,
        ...clockOf(input, world),
        settled: () => settled(input.exit_id, world),
      },
      world,
    )
  },
})

/** A challenge is safe until the exit may be paid. Its token is that of the output whose creating transaction is shown. */
function clockOf({ exit_id: exitId, exiting_tx: exitingTx }: Shown, world: World): Clock {
  const output = parseCanonical(exitingTx)?.outputs[exitedIndex(exitId)]
  return {
    deadline: async () => output && exitableAt(exitId, [output.currency], world),
    stake: () => Promise.resolve(vaultStake(output ? [{ token: output.currency, amount: output.amount }] : [])),
  }
}

/** The contract's own word on an exit: see `contracts.md` 6 (v1.0.x). */
async function settled(exitId: bigint, { standardExit }: Pick<World, 'standardExit'>): Promise<Outcome | undefined> {
  const { amount, exitable } = await standardExit(exitId)
  if (amount === 0n) return { outcome: 'too_late', reason: 'the exit is unknown to the contract, or was processed' }
  if (!exitable) return { outcome: 'done_by_other', reason: 'the exit is challenged' }
  return undefined
}
