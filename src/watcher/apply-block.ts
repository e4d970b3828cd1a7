import type { CheckedBlock } from '../plasma/block.ts'
import { createExecution, type ExecutionFinding } from '../plasma/state-transition.ts'
import type { Announced, Draft, Facts } from './facts.ts'
import { giveWay } from './give-way.ts'

/** As many transactions are executed before others get their turn. */
const AT_ONCE = 256

/**
 * Executes a block that is valid by itself, and writes what it changes: all of it, or nothing and the reason why. Others
 * see the ledger as it was until the end.
 */
export function applyBlock(
  facts: Facts,
  announced: Announced,
  block: CheckedBlock,
): Promise<ExecutionFinding | undefined> {
  return facts.write(async (draft) => {
    const finding = await execute(draft, block)
    if (finding) draft.undo()
    else draft.block(announced, { transactions: block.count, nodes: block.nodes })
    return finding
  })
}

async function execute(draft: Draft, { blknum, count, at }: CheckedBlock): Promise<ExecutionFinding | undefined> {
  const execution = createExecution(draft.ledger, blknum)
  for (let txIndex = 0; txIndex < count; txIndex++) {
    const transaction = at(txIndex)
    const reason = execution.execute(transaction)
    if (reason) return { errorType: 'tx_execution', reason, txIndex }
    draft.transaction({ blknum, txIndex }, transaction)
    if (txIndex % AT_ONCE === AT_ONCE - 1) await giveWay()
  }
  return undefined
}
