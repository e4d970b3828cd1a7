import { standardExitId } from '../exit-game/exit-id.ts'
import type { UtxoPos } from '../plasma/units.ts'
import { standardExitStarts } from './call-arguments.ts'
import type { Complete, Incomplete } from './decode-log.ts'
import { standardExitState } from './exit-states.ts'
import { rawTransactionsIn } from './raw-pieces.ts'
import type { Sources } from './sources.ts'
import { isStandardExitStart } from './verify-call.ts'

type Started = Extract<Incomplete, { type: 'ExitStarted' }>
type Found = Extract<Complete, { type: 'ExitStarted' }>

/** How many calls of one calldata are checked, each of which may cost a question to the node. */
export const MOST_CHECKED = 32

/**
 * The start of a standard exit through another contract. Its state names the output, and the exit id is a hash of the
 * output's transaction: that may come from anywhere. Once the contract is done with the exit, the proof that the call
 * held shows which output it was.
 */
export async function completeStandardExit(
  { event, calldata }: { event: Started; calldata: Uint8Array },
  sources: Sources,
): Promise<Found | undefined> {
  const state = await standardExitState(event, sources)
  const outputTx = state && transactionOf({ exitId: event.exitId, utxoPos: state.utxoPos, calldata }, sources)
  if (outputTx) return { ...event, utxoPos: state.utxoPos, outputTx }
  let checked = 0
  for (const start of standardExitStarts(calldata, event.exitId, 'anywhere')) {
    if (++checked > MOST_CHECKED) break
    if (await isStandardExitStart(start, state, sources))
      return { ...event, utxoPos: start.utxoPos, outputTx: start.outputTx }
  }
  return undefined
}

/** Our own, or however the calldata packs it. */
function transactionOf(
  { exitId, utxoPos, calldata }: { exitId: bigint; utxoPos: UtxoPos; calldata: Uint8Array },
  { archive }: Sources,
): Uint8Array | undefined {
  const own = archive?.(utxoPos)
  if (own && standardExitId(own, utxoPos) === exitId) return own
  for (const raw of rawTransactionsIn(calldata)) if (standardExitId(raw, utxoPos) === exitId) return raw
  return undefined
}
