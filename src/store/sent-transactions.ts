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
  /** Whether it is followed still, be it mined already. */
  underWay: boolean
  /** How its intent ended; `done_by_us` as soon as the chain shows it. */
  outcome?: Outcome['outcome']
  /** Chain second of the last change. */
  updatedAt: Timestamp
}

/** Reads the journal of what was sent, for people: nothing of it is signed bytes. Empty where nothing was ever sent. */
export function createSentTransactions(database: Database): () => readonly SentTransaction[] {
  const table = database.prepare("select 1 from sqlite_master where type = 'table' and name = 'intents'")
  return () => {
    if (table.get() === undefined) return []
    return database.pragma('user_version', { simple: true }) === 0 ? firstVersion(database) : readSent(database)
  }
}

type Row = { key: string; state: string; record: string; account: string; nonce: bigint; hashes: string }

/** `mined.status`: what the receipt says while confirmations are awaited. */
type Kept = { purpose: string; updatedAt: string; mined?: { status: string } }

function readSent(database: Database): SentTransaction[] {
  const rows = database
    .prepare<[], Row>(
      `select intents.key, intents.state, intents.record, signed.account, signed.nonce, signed.hashes from intents join (
        select key, account, max(nonce) as nonce, json_group_array(tx_hash order by id) as hashes from versions group by key
      ) as signed on signed.key = intents.key order by intents.created_at, signed.nonce`,
    )
    .safeIntegers()
    .all()
  return rows.map(({ key, state, record, account, nonce, hashes }) => {
    const { purpose, updatedAt, mined } = JSON.parse(record) as Kept
    const outcome = state === 'final' || mined?.status === 'success' ? 'done_by_us' : ENDS.find((end) => end === state)
    return {
      ...{ key, purpose, account: account as Address, nonce: Number(nonce) },
      txHashes: JSON.parse(hashes) as Hash[],
      underWay: state === 'signed' || state === 'sent' || state === 'mined',
      ...(outcome === undefined ? {} : { outcome }),
      updatedAt: BigInt(updatedAt) as Timestamp,
    }
  })
}

const ENDS = ['done_by_other', 'not_needed', 'too_late', 'refused', 'impossible'] as const

type FirstRow = {
  key: string
  purpose: string
  state: string
  account: string
  nonce: bigint
  versions: string
  outcome: string | null
  updated_at: bigint
}

/** As the journal was kept at first, until the daemon brings it over. */
function firstVersion(database: Database): SentTransaction[] {
  const columns = 'key, purpose, state, account, nonce, versions, outcome, updated_at'
  const rows = database.prepare<[], FirstRow>(`select ${columns} from intents order by created_at, nonce`)
  return rows
    .safeIntegers()
    .all()
    .map(({ key, purpose, state, account, nonce, versions, outcome, updated_at: updatedAt }) => ({
      ...{ key, purpose, account: account as Address, nonce: Number(nonce), updatedAt: updatedAt as Timestamp },
      txHashes: (JSON.parse(versions) as { txHash: Hash }[]).map(({ txHash }) => txHash),
      underWay: state === 'pending',
      ...(outcome === null ? {} : { outcome: (JSON.parse(outcome) as Outcome).outcome }),
    }))
}
