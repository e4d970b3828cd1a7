import { z } from 'zod'
import { verifyCompetitor } from '../exit-game/verify-competitor.ts'
import type { CompetitorData } from '../exit-game/competitor-data.ts'
import { attempt, bytes, decimal, occurrence } from './fields.ts'
import { firstProof, type Checked } from './first-proof.ts'
import { isOlder } from './competitor-age.ts'
import { assertOfExit } from './in-flight-exit.ts'
import { rootOf } from './block-root.ts'
import { task, type InFlightExitState, type Witness, type World } from './task.ts'
import { onWire } from './wire.ts'

/**
 * Finds an older spend of an input of an in-flight transaction, in a block or only in flight, and checks it as the
 * contract will. One that is older than all that the contract knows is preferred. Nothing is sent.
 */
export const getCompetitor = task({
  key: 'getCompetitor',
  input: z.object({ exit_id: decimal, txbytes: bytes, occurrence, attempt }),
  async run({ exit_id: exitId, txbytes: inFlightTx, ...echoed }, world) {
    assertOfExit('getCompetitor', 'txbytes', { exitId, raw: inFlightTx })
    const exit = await world.inFlightExit(exitId)
    const data = await firstProof(world.witnesses, {
      what: 'a competitor',
      exitId,
      ask: (witness) => ask(witness, { inFlightTx, exit, world }),
      isWanted: (competitor) => isOlder(competitor.competing_tx_pos, exit.oldestCompetitorPosition),
    })
    return { exit_id: exitId.toString(), ...onWire(data), ...echoed }
  },
})

type Exit = { inFlightTx: Uint8Array; exit: InFlightExitState; world: World }

async function ask(witness: Witness, { inFlightTx, exit, world }: Exit): Promise<Checked<CompetitorData>> {
  const offered = await witness.competitor(inFlightTx)
  const input = exit.inputs[offered.in_flight_input_index]
  if (!input) return { ok: false, error: `the exit has no input ${offered.in_flight_input_index}` }
  const position = offered.competing_tx_pos
  const root = position === 0n ? undefined : await rootOf(position, world)
  const checked = verifyCompetitor(offered, {
    inFlightTx,
    inputOutputId: input.outputId,
    framework: world.framework,
    ...(root && { root }),
  })
  return checked.ok ? { ok: true, value: { ...offered, competing_sig: checked.signature } } : checked
}
