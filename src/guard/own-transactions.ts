import { recoverSigners, type KnownTransaction } from '../exit-game/known-transaction.ts'
import { decodeSignedTransaction } from '../plasma/transaction.ts'
import type { Address } from '../plasma/units.ts'
import type { TransactionArchive } from '../watcher/transaction-archive.ts'

/** A signed transaction of the archive, and the bytes that it was archived as. */
export type OwnTransaction = KnownTransaction & { signedTx: Uint8Array }

/** Reads the archive with the signers of each transaction, oldest first. What was read before is not read again. */
export function createOwnTransactions(
  archive: Pick<TransactionArchive, 'list'>,
  framework: Address,
): () => readonly OwnTransaction[] {
  const known: OwnTransaction[] = []
  let read = 0
  return () => {
    const news = archive.list(read)
    read += news.length
    for (const { signedTx } of news) {
      const decoded = decodeSignedTransaction(signedTx)
      if (decoded.ok) known.push({ ...recoverSigners(decoded.value, { framework }), signedTx })
    }
    return known
  }
}
