import type { Side } from './contract-event.ts'
import type { Place } from '../plasma/ledger.ts'
import { pieceOutput, type InFlightExit } from './in-flight-exit.ts'
import { piecePosition } from './in-flight-judgement.ts'
import { spendsOf, type Facts, type Spend } from './spends.ts'

type Wanted = { inclusion: Place | undefined; side: Side; index: number }

/**
 * What proves that a piece of an in-flight exit was spent: another transaction of the same input, or, once a block
 * holds the in-flight transaction, any transaction of its output.
 */
export function pieceSpends(exit: InFlightExit, facts: Facts, { inclusion, side, index }: Wanted): readonly Spend[] {
  const utxoPos = piecePosition(exit, inclusion, { side, index })
  const output = pieceOutput(exit, side, index)
  if (utxoPos === undefined || !output) return []
  return spendsOf(facts, { utxoPos, owner: output.owner, otherThan: exit.txHash })
}
