import type { Address } from '../plasma/units.ts'
import type { World } from '../tasks/task.ts'
import type { TransactionArchive } from '../watcher/transaction-archive.ts'
import { createWitness } from '../watcher/witness.ts'

/** Which own signed transactions of the archive spend an output, also those that another process has put there since. */
export function createArchivedSpends(
  archive: Pick<TransactionArchive, 'list'>,
  framework: Address,
): World['archivedSpends'] {
  const witness = createWitness({ framework })
  let seen = 0
  return (utxoPos) => {
    const news = archive.list(seen)
    seen += news.length
    for (const { signedTx } of news) witness.seeTransaction(signedTx)
    return witness.spends(utxoPos)
  }
}
