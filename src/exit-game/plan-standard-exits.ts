import { decodeUtxoPos, isDepositBlock } from '../plasma/position.ts'
import type { UtxoPos } from '../plasma/units.ts'
import { standardExitId } from './exit-id.ts'
import { leaveBy, type Obstacle, type PlannedStandardExit, type Terms, type Unsaveable } from './exit-plan.ts'
import type { Coin, Holdings } from './holdings.ts'
import { spendersOf } from './spent-outputs.ts'

type StandardExits = {
  exits: readonly PlannedStandardExit[]
  exiting: readonly UtxoPos[]
  unsaveable: readonly Unsaveable[]
}

/**
 * Plans a standard exit of every output that may have one.
 *
 * @param settled - Outputs that in-flight exits see to.
 */
export function planStandardExits(holdings: Holdings, terms: Terms, settled: ReadonlySet<UtxoPos>): StandardExits {
  const exits: PlannedStandardExit[] = []
  const exiting: UtxoPos[] = []
  const unsaveable: Unsaveable[] = []
  const deadline = leaveBy(terms)
  for (const coin of holdings.coins) {
    const { utxoPos, output, data } = coin
    if (settled.has(utxoPos)) continue
    const because = obstacleOf(coin, holdings, terms)
    if (because) unsaveable.push({ utxoPos, output, because })
    else if (coin.exit === 'open') exiting.push(utxoPos)
    else if (data) {
      const exitId = standardExitId(data.txbytes, utxoPos)
      const addExitQueue = !terms.queues.has(output.currency)
      exits.push({ exitId, data, output, addExitQueue, ...(deadline === undefined ? {} : { deadline }) })
    } else unsaveable.push({ utxoPos, output, because: 'not_provable' })
  }
  return { exits, exiting, unsaveable }
}

function obstacleOf(coin: Coin, { transactions }: Holdings, { firstBad }: Terms): Obstacle | undefined {
  const { blknum } = decodeUtxoPos(coin.utxoPos)
  if (coin.output.outputType !== 1) return 'fee_output'
  if (spendersOf(coin, transactions).length > 0) return 'signed_away'
  if (coin.exit === 'over') return 'exit_was_challenged'
  // The vault makes the block of a deposit: whatever its number, the operator has no part in it.
  if (firstBad && blknum >= firstBad.blknum && !isDepositBlock(blknum)) return 'bad_block'
  return undefined
}
