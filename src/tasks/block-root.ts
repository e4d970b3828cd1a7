import { decodeUtxoPos } from '../plasma/position.ts'
import type { Hash, UtxoPos } from '../plasma/units.ts'
import type { World } from './task.ts'

/** The root of the block that a position lies in, from the framework; undefined when it has no such block. */
export async function rootOf(
  position: UtxoPos,
  { submittedBlock }: Pick<World, 'submittedBlock'>,
): Promise<Hash | undefined> {
  return (await submittedBlock(decodeUtxoPos(position).blknum))?.root
}
