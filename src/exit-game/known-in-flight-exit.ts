import type { Hash } from '../plasma/units.ts'
import type { ExitGame } from './exit-game.ts'
import type { InFlightExit } from './in-flight-exit.ts'

/** The in-flight exit of a transaction, unless there never was one or it was deleted. */
export function knownInFlightExit(game: ExitGame, txHash: Hash): InFlightExit | undefined {
  const exit = game.inFlightExits.get(txHash)
  return exit?.status === 'deleted' ? undefined : exit
}
