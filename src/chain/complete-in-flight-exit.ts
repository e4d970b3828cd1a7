import { inFlightExitId, inFlightExitIdOf } from '../exit-game/exit-id.ts'
import { equalBytes, fromHex } from '../lib/bytes.ts'
import { keccak } from '../plasma/keccak.ts'
import { decodeTransaction, type Transaction } from '../plasma/transaction.ts'
import { inFlightExitStarts } from './call-arguments.ts'
import { MOST_CHECKED } from './complete-standard-exit.ts'
import type { Complete, Incomplete } from './decode-log.ts'
import type { InFlightExitState } from './exit-game.ts'
import { inFlightExitState } from './exit-states.ts'
import { rawTransactionsIn, signaturesIn } from './raw-pieces.ts'
import type { Sources } from './sources.ts'
import { isHeld, isInFlightExitStart, signedBy } from './verify-call.ts'

type Started = Extract<Incomplete, { type: 'InFlightExitStarted' }>
type Found = Extract<Complete, { type: 'InFlightExitStarted' }>

/**
 * The start of an in-flight exit through another contract: a call in the calldata that agrees with what the contract
 * holds of each input, or with the blocks that hold them; else the pieces of one, however they were packed.
 */
export async function completeInFlightExit(
  { event, calldata }: { event: Started; calldata: Uint8Array },
  sources: Sources,
): Promise<Found | undefined> {
  const exitId = inFlightExitIdOf(event.txHash)
  const state = await inFlightExitState({ exitId, blockNumber: event.blockNumber }, sources)
  let checked = 0
  for (const start of inFlightExitStarts(calldata, event.txHash, 'anywhere')) {
    if (++checked > MOST_CHECKED) break
    const { proofs: _, ...found } = start
    if (await isInFlightExitStart(start, state, sources)) return { ...event, ...found }
  }
  return state && fromPieces({ event, calldata, state }, sources)
}

type Pieces = { event: Started; calldata: Uint8Array; state: InFlightExitState }

function fromPieces({ event, calldata, state }: Pieces, sources: Sources): Found | undefined {
  const raws = [...rawTransactionsIn(calldata)]
  const txHash = fromHex(event.txHash)
  const inFlightTx = raws.find((raw) => equalBytes(keccak(raw), txHash))
  const decoded = inFlightTx && decodeTransaction(inFlightTx)
  if (!inFlightTx || !decoded?.ok) return undefined
  const signatures = signaturesOf(decoded.value, { state, candidates: [...signaturesIn(calldata)] }, sources)
  const inputTxs = decoded.value.inputs.flatMap((position, index) => {
    const held = state.inputs[index]
    const own = sources.archive?.(position)
    return held ? ([...(own ? [own] : []), ...raws].find((raw) => isHeld(raw, position, held)) ?? []) : []
  })
  const inputUtxosPos = decoded.value.inputs
  if (inputTxs.length < inputUtxosPos.length || signatures.length < inputUtxosPos.length) return undefined
  return { ...event, exitId: inFlightExitId(inFlightTx), inFlightTx, signatures, inputTxs, inputUtxosPos }
}

/** Of each input's owner, in input order; fewer where some are not there. */
function signaturesOf(
  transaction: Transaction,
  { state, candidates }: { state: InFlightExitState; candidates: readonly Uint8Array[] },
  sources: Sources,
): readonly Uint8Array[] {
  return transaction.inputs.flatMap((_, index) => {
    const owner = state.inputs[index]?.exitTarget
    if (owner === undefined) return []
    return candidates.find((signature) => signedBy(transaction, { output: { owner }, signature }, sources)) ?? []
  })
}
