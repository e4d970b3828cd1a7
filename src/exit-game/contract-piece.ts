import type { Hash } from '../plasma/units.ts'
import type { Side } from './contract-event.ts'

type Piece = { side: Side; index: number }

const OUTPUTS_FROM = 4

/** Whether the contract's `exitMap` marks a piece as piggybacked: bit i is input i, bit 4 + i output i (contracts v1.0.4). */
export function isMarked(exitMap: bigint, { side, index }: Piece): boolean {
  return (exitMap & (1n << BigInt(side === 'input' ? index : OUTPUTS_FROM + index))) !== 0n
}

/** An input or output as `inFlightExits` holds it; undefined where its four places are not filled. */
export function contractPiece<Held extends { outputId: Hash }>(
  { inputs, outputs }: { inputs: readonly Held[]; outputs: readonly Held[] },
  { side, index }: Piece,
): Held | undefined {
  const piece = (side === 'input' ? inputs : outputs)[index]
  return piece && !/^0x0*$/.test(piece.outputId) ? piece : undefined
}
