import { decodeUtxoPos, encodeUtxoPos } from '../plasma/position.ts'
import type { Hash, UtxoPos } from '../plasma/units.ts'
import type { ExitGameEvent } from './contract-event.ts'
import type { Evidence } from './evidence.ts'
import type { ExitGame } from './exit-game.ts'
import type { InFlightExit } from './in-flight-exit.ts'

type Of<Type extends ExitGameEvent['type']> = Extract<ExitGameEvent, { type: Type }>

/**
 * The outputs that a payment of the contract has spent, for the ledger to spend as well. An in-flight exit that pays
 * an output finalizes all its inputs, whether they were piggybacked or not (contracts v1.0.4, section 9).
 */
export function spentByExit(
  event: Of<'ExitFinalized' | 'InFlightExitWithdrawn'>,
  game: ExitGame,
  inclusion: Evidence['inclusion'],
): UtxoPos[] {
  if (event.type === 'ExitFinalized') {
    const exit = game.standardExits.get(event.exitId)
    return exit ? [exit.utxoPos] : []
  }
  const txHash = game.inFlightExitOf.get(event.exitId)
  const exit = txHash === undefined ? undefined : game.inFlightExits.get(txHash)
  if (!exit) return []
  if (event.side === 'input') return exit.inputs.slice(event.index, event.index + 1).map(({ utxoPos }) => utxoPos)
  const place = inclusion(exit.transaction)
  const own = place ? [encodeUtxoPos({ ...place, outputIndex: event.index })] : []
  return [...exit.inputs.map(({ utxoPos }) => utxoPos), ...own]
}

/** Whether an in-flight exit has taken an output, so that the contract will omit every standard exit of it. */
export function isTaken({ utxoPos, outputTxHash }: { utxoPos: UtxoPos; outputTxHash: Hash }, game: ExitGame): boolean {
  const { outputIndex } = decodeUtxoPos(utxoPos)
  const creating = game.inFlightExits.get(outputTxHash)
  if (creating?.paid.some(({ side, index }) => side === 'output' && index === outputIndex)) return true
  const spenders = game.known.bySpent.get(utxoPos) ?? []
  return spenders.some((txHash) => hasPaidFor(game.inFlightExits.get(txHash), utxoPos))
}

function hasPaidFor(exit: InFlightExit | undefined, utxoPos: UtxoPos): boolean {
  if (!exit) return false
  return exit.paid.some(({ side, index }) => side === 'output' || exit.inputs[index]?.utxoPos === utxoPos)
}
