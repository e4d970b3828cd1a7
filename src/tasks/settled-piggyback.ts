import type { Side } from '../exit-game/contract-event.ts'
import type { Outcome } from '../lib/outcome.ts'
import { GONE, isHeld, isPiggybacked, pieceOf } from './in-flight-exit.ts'
import type { World } from './task.ts'

/** Whether anything is left of a piggyback that is to be challenged; the contract asks for no phase. */
export async function settledPiggyback(
  exitId: bigint,
  { side, index }: { side: Side; index: number },
  { inFlightExit, isOutputFinalized }: Pick<World, 'inFlightExit' | 'isOutputFinalized'>,
): Promise<Outcome | undefined> {
  const exit = await inFlightExit(exitId)
  if (!isHeld(exit)) return GONE
  if (isPiggybacked(exit, side, index)) return undefined
  const piece = pieceOf(exit, side, index)
  if (!piece) return { outcome: 'not_needed', reason: `the exit has no ${side} ${index}` }
  return (await isOutputFinalized(piece.outputId))
    ? { outcome: 'too_late', reason: `the ${side} is not piggybacked any more: an exit has paid it` }
    : { outcome: 'done_by_other', reason: `the ${side} is not piggybacked any more` }
}
