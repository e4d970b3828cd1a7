import type { ChildChain } from './child-chain.ts'
import type { Downloads } from './downloads.ts'
import type { Fold } from './fold.ts'
import type { TransactionArchive } from './transaction-archive.ts'
import type { Witness } from './witness.ts'

type Ports = {
  fold: Fold
  downloads: Pick<Downloads, 'served' | 'failure'>
  witness: Witness
  archive: Pick<TransactionArchive, 'list'>
}

/**
 * Applies every child block that can be applied, and looks at what signed transactions there are beside. Gives way to
 * others after each block.
 */
export function createCatchUp({ fold, downloads, witness, archive }: Ports): (signal: AbortSignal) => Promise<void> {
  let archived = 0
  return async (signal) => {
    const submitted = archive.list(archived)
    archived += submitted.length
    for (const { signedTx } of submitted) witness.seeTransaction(signedTx)
    while (!signal.aborted && fold.childChain().step(fold.game())) await giveWay()
    for (const block of standsStill(fold.childChain(), downloads) ? fold.childChain().pending() : []) {
      const served = downloads.served(block)
      if (served && witness.seeBlock(served.block)) await giveWay()
    }
  }
}

/** Whether it is known that the next block cannot be applied; before, later ones only wait for their turn. */
export function standsStill(childChain: ChildChain, downloads: Pick<Downloads, 'failure'>): boolean {
  const halt = childChain.halt()
  return halt !== undefined && (halt.because === 'invalid' || downloads.failure(halt) !== undefined)
}

function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
