import { checkBlock } from '../plasma/block.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import type { Wanted } from './downloads.ts'
import type { ServedBlock } from './operator.ts'

type Checked = ReturnType<typeof checkBlock>

/** Checks a served block by itself. The same block is checked once, however often the chain is folded again. */
export type BlockChecks = (wanted: Wanted, served: ServedBlock) => Checked

export function createBlockChecks(recovery: Recovery): BlockChecks {
  const known = new WeakMap<ServedBlock, Map<bigint, Checked>>()
  return ({ blknum, root }, served) => {
    const results = known.get(served) ?? new Map<bigint, Checked>()
    const checked = results.get(blknum) ?? checkBlock({ requested: { hash: root, blknum }, served, ...recovery })
    known.set(served, results.set(blknum, checked))
    return checked
  }
}
