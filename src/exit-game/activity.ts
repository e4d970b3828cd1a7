import type { Side } from './contract-event.ts'
import type { InFlightExit } from './in-flight-exit.ts'
import { piecePosition } from './in-flight-judgement.ts'
import type { Piggyback } from './piggyback.ts'
import type { Facts } from './spends.ts'

/** A piece of an in-flight exit that was piggybacked, with what became of it. */
type Piece = { side: Side; index: number; piggyback: Piggyback }

/**
 * Whether an in-flight exit counts as active, which is the Watcher's word on its wire: from its start until nothing
 * piggybacked is left to be paid. An exit that paid something already spent stays active, as an alarm.
 */
export function isActive(exit: InFlightExit, { evidence }: Facts): boolean {
  if (exit.status === 'deleted') return false
  const pieces = piecesOf(exit)
  const paid = pieces.filter(({ piggyback }) => piggyback.status === 'paid')
  if (paid.length === 0) return !exit.readLate
  if (pieces.some(({ piggyback }) => isPending(piggyback))) return true
  const inclusion = evidence.inclusion(exit.transaction)
  return paid.some((piece) => {
    const position = piecePosition(exit, inclusion, piece)
    return position !== undefined && evidence.blockSpend(position) !== undefined
  })
}

/** Whether a piece is piggybacked and was neither challenged nor paid, as far as events tell. */
export function isPending({ status }: Piggyback): boolean {
  return status === 'claimed' || status === 'passed_over'
}

function piecesOf({ piggybacks }: InFlightExit): Piece[] {
  return [
    ...piggybacks.input.map((piggyback, index) => ({ side: 'input' as const, index, piggyback })),
    ...piggybacks.output.map((piggyback, index) => ({ side: 'output' as const, index, piggyback })),
  ]
}
