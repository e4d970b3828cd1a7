import type { Side } from '../exit-game/contract-event.ts'
import { GuardError } from '../lib/errors.ts'
import { decodeTransaction } from '../plasma/transaction.ts'
import { checkInputSpend, checkOutputSpend } from './piggyback-spend.ts'
import type { InFlightExitState, Witness, World } from './task.ts'

type Piece = { exitId: bigint; inFlightTx: Uint8Array; side: Side; index: number }

/**
 * Why a piece must not be piggybacked: somebody can prove that its output was spent, or that its owner signed the input
 * away in another transaction. Whoever claims so has to prove it, or a lying Watcher could keep our money in. Undefined
 * when at least one witness could look and found nothing.
 *
 * @throws {@link NobodyLooksError} when no witness could look: a bond is not put at risk blindly.
 */
export async function whyHeldBack(exit: InFlightExitState, piece: Piece, world: World): Promise<string | undefined> {
  const archived = signedAway(exit, piece, world)
  if (archived !== undefined) return archived
  if (piece.side === 'output' && (await world.leaving.hasPaidOn(piece.inFlightTx, piece.index)))
    return 'its owner has signed it away in a transaction that no valid block holds'
  const refusals: string[] = []
  let looked = false
  for (const witness of world.witnesses) {
    const found = await ask(witness, { exit, piece, world })
    if (found.is === 'spent') return `${witness.name} proves that the ${piece.side} was spent`
    if (found.is === 'unspent') looked = true
    else refusals.push(`${witness.name}: ${found.why}`)
  }
  if (!looked) throw new NobodyLooksError(piece, refusals)
  return undefined
}

/** An input that an archived transaction of ours spends as well. */
function signedAway(exit: InFlightExitState, piece: Piece, { archivedSpends }: World): string | undefined {
  const { inFlightTx, side, index } = piece
  const decoded = decodeTransaction(inFlightTx)
  const utxoPos = side === 'input' && decoded.ok ? decoded.value.inputs[index] : undefined
  const owner = exit.inputs[index]?.exitTarget
  if (!decoded.ok || utxoPos === undefined || owner === undefined) return undefined
  const { txHash } = decoded.value
  const other = archivedSpends(utxoPos).find(
    ({ transaction, signatures }) => transaction.txHash !== txHash && signatures.has(owner),
  )
  return other && `its owner has also signed transaction ${other.transaction.txHash}, which spends the input`
}

type Look = { is: 'spent' } | { is: 'unspent' } | { is: 'unknown'; why: string }
type Looking = { exit: InFlightExitState; piece: Piece; world: World }

async function ask(witness: Witness, { exit, piece, world }: Looking): Promise<Look> {
  const { inFlightTx, side, index } = piece
  try {
    if (side === 'input') {
      const shown = await witness.inputSpend(inFlightTx, index)
      return shown ? lookOf(checkInputSpend(shown, { inFlightTx, index, exit, world })) : { is: 'unspent' }
    }
    const shown = await witness.outputSpend(inFlightTx, index)
    return shown ? lookOf(await checkOutputSpend(shown, { inFlightTx, index, world })) : { is: 'unspent' }
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    return { is: 'unknown', why: error.message }
  }
}

function lookOf(checked: { ok: true } | { ok: false; error: string }): Look {
  return checked.ok ? { is: 'spent' } : { is: 'unknown', why: checked.error }
}

/** No witness could say whether a piece was spent. */
class NobodyLooksError extends GuardError {
  override readonly code = 'NOBODY_LOOKS'
  override readonly retryable = true

  constructor({ exitId, side, index }: Piece, refusals: readonly string[]) {
    const said = refusals.length === 0 ? 'there is nobody to ask' : refusals.join('; ')
    super(`Nobody can say whether ${side} ${index} of exit ${exitId} was spent: ${said}.`, { exitId, side, index })
  }
}
