import type { Outcome } from '../lib/outcome.ts'
import type { Address, Hash, Timestamp } from '../plasma/units.ts'
import type { Database } from './database.ts'

/** A transaction of ours as the journal keeps it: under one nonce, in one or more signed versions. */
export type SentTransaction = {
  /** The name of the intent that it serves. */
  key: string
  purpose: string
  account: Address
  nonce: number
  /** Of every version, oldest first. */
  txHashes: readonly Hash[]
  underWay: boolean
  /** How it ended, where its intent is over. */
  outcome?: Outcome['outcome']
  /** Chain second of the last change. */
  updatedAt: Timestamp
}

type Row = {
  key: string
  purpose: string
  state: string
  account: string
  nonce: bigint
  versions: string
  outcome: string | null
  updated_at: bigint
}

/** Reads the journal of what was sent, for people: nothing of it is signed bytes. Empty where nothing was ever sent. */
export function createSentTransactions(database: Database): () => readonly SentTransaction[] {
  const table = database.prepare("select 1 from sqlite_master where type = 'table' and name = 'intents'")
  return () => (table.get() === undefined ? [] : select(database).map(decodeRow))
}

function select(database: Database): Row[] {
  const columns = 'key, purpose, state, account, nonce, versions, outcome, updated_at'
  return database.prepare<[], Row>(`select ${columns} from intents order by created_at, nonce`).safeIntegers().all()
}

function decodeRow({ key, purpose, state, account, nonce, versions, outcome, updated_at: updatedAt }: Row) {
  const decoded = outcome === null ? undefined : (JSON.parse(outcome) as Outcome)
  return {
    ...{ key, purpose, account: account as Address, nonce: Number(nonce), updatedAt: updatedAt as Timestamp },
    txHashes: (JSON.parse(versions) as { txHash: Hash }[]).map(({ txHash }) => txHash),
    underWay: state === 'pending',
    ...(decoded === undefined ? {} : { outcome: decoded.outcome }),
  }
}
