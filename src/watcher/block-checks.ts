import { checkBlock, type BlockVerdict } from '../plasma/block.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import type { ServedBlock } from './operator.ts'
import { nameOf, type Wanted } from './wanted.ts'

/** Checks a served block by itself. */
export type BlockChecks = (wanted: Wanted, served: ServedBlock) => Promise<BlockVerdict>

/** In this thread, one block at a time. */
export function createBlockChecks(recovery: Recovery): BlockChecks {
  return oncePerBlock(({ blknum, root }, served) =>
    Promise.resolve(checkBlock({ requested: { hash: root, blknum }, served, ...recovery })),
  )
}

/** A block that is asked about again, as one that cannot be applied is at every head, is not checked again. */
export function oncePerBlock(checks: BlockChecks): BlockChecks {
  const known = new WeakMap<ServedBlock, Map<string, ReturnType<BlockChecks>>>()
  return (wanted, served) => {
    const verdicts = known.get(served) ?? new Map<string, ReturnType<BlockChecks>>()
    known.set(served, verdicts)
    const verdict = verdicts.get(nameOf(wanted)) ?? checks(wanted, served)
    verdicts.set(nameOf(wanted), verdict)
    verdict.catch(() => verdicts.delete(nameOf(wanted)))
    return verdict
  }
}
