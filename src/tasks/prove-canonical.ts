import { z } from 'zod'
import type { CanonicalProof } from '../exit-game/canonical-proof.ts'
import { verifyCanonicalProof } from '../exit-game/verify-canonical-proof.ts'
import { attempt, bytes, decimal, occurrence } from './fields.ts'
import { firstProof, type Checked } from './first-proof.ts'
import { assertOfExit } from './in-flight-exit.ts'
import { rootOf } from './block-root.ts'
import { task, type InFlightExitState, type Witness, type World } from './task.ts'
import { onWire } from './wire.ts'

/** Finds the block that holds a challenged in-flight transaction, and checks it as the contract will. Nothing is sent. */
export const proveCanonical = task({
  key: 'proveCanonical',
  input: z.object({ exit_id: decimal, txbytes: bytes, occurrence, attempt }),
  async run({ exit_id: exitId, txbytes: inFlightTx, ...echoed }, world) {
    assertOfExit('proveCanonical', 'txbytes', { exitId, raw: inFlightTx })
    const exit = await world.inFlightExit(exitId)
    const data = await firstProof(world.witnesses, {
      what: 'that the transaction came first',
      exitId,
      ask: (witness) => ask(witness, { inFlightTx, exit, world }),
    })
    return { exit_id: exitId.toString(), ...onWire(data), ...echoed }
  },
})

/** Older than anything: of an exit that needs no response (any more) the answering task says so. */
const NO_COMPETITOR = 2n ** 256n

type Exit = { inFlightTx: Uint8Array; exit: InFlightExitState; world: World }

async function ask(witness: Witness, { inFlightTx, exit, world }: Exit): Promise<Checked<CanonicalProof>> {
  const offered = await witness.canonicalProof(inFlightTx)
  const checked = verifyCanonicalProof(offered, {
    inFlightTx,
    oldestCompetitorPosition: exit.isCanonical ? NO_COMPETITOR : exit.oldestCompetitorPosition,
    root: await rootOf(offered.in_flight_tx_pos, world),
  })
  return checked.ok ? { ok: true, value: offered } : checked
}
