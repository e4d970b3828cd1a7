import type { Side } from '../exit-game/contract-event.ts'
import { contractPiece, isMarked } from '../exit-game/contract-piece.ts'
import type { Outcome } from '../lib/outcome.ts'
import { GONE, isHeld } from './in-flight-exit.ts'
import { stakeOf } from './stake-of.ts'
import type { World } from './task.ts'
import { exitableAt, type Clock } from './urgency.ts'

/** A piggyback is to be challenged before its token may be processed: until then the vault keeps what it exits. */
export function clockOfPiece(exitId: bigint, challenged: { side: Side; index: number }, world: World): Clock {
  return {
    deadline: async () => {
      const piece = contractPiece(await world.inFlightExit(exitId), challenged)
      return piece && exitableAt(exitId, [piece.token], world)
    },
    stake: () => stakeOf('invalid_piggyback', { exitId, ...challenged }, world),
  }
}

/** Whether anything is left of a piggyback that is to be challenged; the contract asks for no phase. */
export async function settledPiggyback(
  exitId: bigint,
  challenged: { side: Side; index: number },
  { inFlightExit, isOutputFinalized }: Pick<World, 'inFlightExit' | 'isOutputFinalized'>,
): Promise<Outcome | undefined> {
  const exit = await inFlightExit(exitId)
  if (!isHeld(exit)) return GONE
  if (isMarked(exit.exitMap, challenged)) return undefined
  const { side, index } = challenged
  const piece = contractPiece(exit, challenged)
  if (!piece) return { outcome: 'not_needed', reason: `the exit has no ${side} ${index}` }
  return (await isOutputFinalized(piece.outputId))
    ? { outcome: 'too_late', reason: `the ${side} is not piggybacked any more: an exit has paid it` }
    : { outcome: 'done_by_other', reason: `the ${side} is not piggybacked any more` }
}
