import type { Hash } from '../plasma/units.ts'
import type { ArchivedTransaction, TransactionArchive } from '../watcher/transaction-archive.ts'
import type { Database } from './database.ts'

type Row = { tx_hash: string; signed_tx: Buffer }

/**
 * Keeps own signed transactions. What `store` has returned from survives a power cut, and the process beside us
 * (`watch` or `run`) sees it.
 *
 * The signatures belong to the key: a stranger who submits our transaction with a signature of his own must not take
 * the place of the real one.
 */
export function createTransactionArchive(database: Database): TransactionArchive {
  database.exec(`create table if not exists own_transactions (
    place integer primary key, tx_hash text not null, signed_tx blob not null, unique (tx_hash, signed_tx)
  ) strict`)
  const insert = database.prepare('insert or ignore into own_transactions (tx_hash, signed_tx) values (?, ?)')
  const byHash = database.prepare<[string], Row>('select * from own_transactions where tx_hash = ? order by place')
  const all = database.prepare<[number], Row>('select * from own_transactions order by place limit -1 offset ?')
  return {
    store: ({ txHash, signedTx }) => {
      insert.run(txHash, signedTx)
    },
    find: (txHash) => byHash.all(txHash).map(archived),
    list: (skip = 0) => all.all(skip).map(archived),
  }
}

function archived({ tx_hash, signed_tx }: Row): ArchivedTransaction {
  return { txHash: tx_hash as Hash, signedTx: Uint8Array.from(signed_tx) }
}
