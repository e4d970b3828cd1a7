import { z } from 'zod'
import type { Outcome } from '../lib/outcome.ts'
import { piggyback, type OwnPiece } from './piggyback.ts'
import type { World } from './task.ts'

/** How the answering tasks end, as far as a plan asks. */
const ended = z.object({
  outcome: z.enum(['done_by_us', 'done_by_other', 'not_needed', 'too_late', 'refused', 'impossible']),
  reason: z.string(),
})

/** Joins an in-flight exit with a piece of our own, as a step of leaving. */
export async function joinExit(piece: OwnPiece, world: World): Promise<Outcome> {
  return ended.parse(await piggyback(piece, world))
}
