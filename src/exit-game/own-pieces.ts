import type { Output } from '../plasma/transaction.ts'
import type { Address, UtxoPos } from '../plasma/units.ts'
import type { Side } from './contract-event.ts'
import type { Obstacle } from './exit-plan.ts'
import type { HeldTransaction, Holdings } from './holdings.ts'
import { spendersOf, wasSpent } from './spent-outputs.ts'

/** An own input or output of a held transaction. `because`: why it must not join an exit; `utxoPos`: of an input. */
export type Piece = { side: Side; index: number; output: Output; utxoPos?: UtxoPos; because?: Obstacle }

/**
 * What an in-flight exit could pay to own accounts. A canonical transaction pays its outputs, another one its inputs, so
 * both join; but who joins with something that was spent gives its bond away.
 */
export function ownPieces(held: HeldTransaction, holdings: Holdings, own: ReadonlySet<Address>): Piece[] {
  const { transactions } = holdings
  const inputs = held.inputs.flatMap(({ utxoPos, proven, isSpent }, index): Piece[] => {
    if (!proven || isSpent || !own.has(proven.output.owner)) return []
    const { output } = proven
    // Anybody can write a transaction that names the output: without the owner's signature it takes nothing away.
    if (!held.signatures.has(output.owner)) return []
    const twice = spendersOf({ utxoPos, output }, transactions).some((each) => !isSame(each, held))
    return [{ side: 'input', index, output, utxoPos, ...because(output, twice && 'input_signed_twice') }]
  })
  const beaten = isBeaten(held, transactions)
  const outputs = held.transaction.outputs.flatMap((output, index): Piece[] => {
    if (!own.has(output.owner)) return []
    const spent = wasSpent({ of: held, index, output }, holdings)
    return [
      { side: 'output', index, output, ...because(output, (beaten && 'not_canonical') || (spent && 'output_spent')) },
    ]
  })
  return [...inputs, ...outputs]
}

function because({ outputType }: Output, found: Obstacle | false): Pick<Piece, 'because'> {
  if (outputType !== 1) return { because: 'fee_output' }
  return found ? { because: found } : {}
}

/** Whether another transaction of an input stands in a block before this one: then the exit pays its inputs only. */
function isBeaten(held: HeldTransaction, transactions: readonly HeldTransaction[]): boolean {
  return held.inputs.some(({ utxoPos, proven, isSpent }) => {
    if (isSpent) return true
    const rivals = proven ? spendersOf({ utxoPos, output: proven.output }, transactions) : []
    return rivals.some((rival) => !isSame(rival, held) && isOlder(rival, held))
  })
}

/** Both in the same invalid block, or one of them in it. */
function isOlder(rival: HeldTransaction, held: HeldTransaction): boolean {
  if (!rival.rejectedAt) return false
  return !held.rejectedAt || rival.rejectedAt.txIndex < held.rejectedAt.txIndex
}

function isSame(one: HeldTransaction, other: HeldTransaction): boolean {
  return one.transaction.txHash === other.transaction.txHash
}
