import type { Hex } from '../lib/bytes.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Address, Timestamp, Wei } from '../plasma/units.ts'
import type { IntentRecord, IntentStore, PendingRecord, SignedVersion } from '../tx/intent.ts'
import type { Database } from './database.ts'

/** `versions`, `outcome`: JSON, amounts and heights as decimal strings. Wei do not fit an SQLite integer. */
type Row = {
  key: string
  purpose: string
  state: string
  accepted: bigint
  account: string
  target: string
  data: string
  value: string
  nonce: bigint
  gas: bigint
  versions: string
  outcome: string | null
  created_at: bigint
  updated_at: bigint
}

/** Keeps what was sent, and under which nonce, from before the first broadcast on. */
export function createIntentStore(database: Database): IntentStore {
  database.exec(`create table if not exists intents (
    key text primary key, purpose text not null, state text not null, accepted integer not null,
    account text not null, target text not null, data text not null, value text not null,
    nonce integer not null, gas integer not null, versions text not null, outcome text,
    created_at integer not null, updated_at integer not null
  ) strict;
  create unique index if not exists intents_nonce on intents (account, nonce) where state = 'pending'`)
  const select = database.prepare<[string], Row>('select * from intents where key = ?').safeIntegers()
  const waiting = database
    .prepare<[], Row>(`select * from intents where state = 'pending' order by created_at, nonce`)
    .safeIntegers()
  const upsert = database.prepare<Row>(`insert into intents values (
    @key, @purpose, @state, @accepted, @account, @target, @data, @value, @nonce, @gas, @versions, @outcome,
    @created_at, @updated_at
  ) on conflict (key) do update set
    purpose = excluded.purpose, state = excluded.state, accepted = excluded.accepted, account = excluded.account,
    target = excluded.target, data = excluded.data, value = excluded.value, nonce = excluded.nonce,
    gas = excluded.gas, versions = excluded.versions, outcome = excluded.outcome,
    created_at = excluded.created_at, updated_at = excluded.updated_at`)
  const drop = database.prepare('delete from intents where key = ?')
  return {
    get: (key) => {
      const row = select.get(key)
      return Promise.resolve(row && decodeRow(row))
    },
    put: (record) => {
      upsert.run(encodeRow(record))
      return Promise.resolve()
    },
    remove: (key) => {
      drop.run(key)
      return Promise.resolve()
    },
    pending: () => Promise.resolve(waiting.all().map(decodeRow).filter(isPending)),
  }
}

function isPending(record: IntentRecord): record is PendingRecord {
  return record.state === 'pending'
}

function encodeRow(record: IntentRecord): Row {
  const { key, purpose, state, account, to, data, value, nonce, gas, versions, createdAt, updatedAt } = record
  return {
    ...{ key, purpose, state, account, data, gas },
    accepted: state === 'ended' || record.accepted ? 1n : 0n,
    target: to,
    value: value.toString(),
    nonce: BigInt(nonce),
    versions: JSON.stringify(versions, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field)),
    outcome: state === 'ended' && record.outcome ? JSON.stringify(record.outcome) : null,
    created_at: createdAt,
    updated_at: updatedAt,
  }
}

function decodeRow(row: Row): IntentRecord {
  const sent = {
    key: row.key,
    purpose: row.purpose,
    account: row.account as Address,
    to: row.target as Address,
    data: row.data as Hex,
    value: BigInt(row.value) as Wei,
    nonce: Number(row.nonce),
    gas: row.gas,
    versions: (JSON.parse(row.versions) as Stored<SignedVersion>[]).map(decodeVersion),
    createdAt: row.created_at as Timestamp,
    updatedAt: row.updated_at as Timestamp,
  }
  if (row.state === 'pending') return { ...sent, state: 'pending', accepted: row.accepted === 1n }
  return { ...sent, state: 'ended', ...(row.outcome === null ? {} : { outcome: JSON.parse(row.outcome) as Outcome }) }
}

type Stored<Fields> = { [Name in keyof Fields]: Fields[Name] extends bigint ? string : Fields[Name] }

function decodeVersion({
  maxFeePerGas,
  maxPriorityFeePerGas,
  signedAt,
  ...rest
}: Stored<SignedVersion>): SignedVersion {
  return {
    ...rest,
    maxFeePerGas: BigInt(maxFeePerGas) as Wei,
    maxPriorityFeePerGas: BigInt(maxPriorityFeePerGas) as Wei,
    signedAt: BigInt(signedAt),
  }
}
