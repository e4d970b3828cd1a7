import type { Hex } from '../lib/bytes.ts'
import type { Address, Timestamp, Wei } from '../plasma/units.ts'
import type { Change, IntentRecord, IntentStore, Version } from '../tx/intent.ts'
import type { State } from '../tx/states.ts'
import { appender } from './audit.ts'
import type { Database } from './database.ts'
import { prepareJournal } from './journal-schema.ts'
import { journal, withStoreFaults } from './store-fault.ts'

type Row = {
  key: string
  state: string
  account: string | null
  nonce: bigint | null
  record: string
  created_at: bigint
}

type VersionRow = {
  key: string
  account: string
  nonce: bigint
  tx_hash: string
  raw: string
  max_fee: string
  max_tip: string
  signed_at: string
}

/** Keeps what is asked for and what was signed for it, from before the first broadcast on. */
export function createIntentStore(database: Database): IntentStore {
  return withStoreFaults(() => openStore(database), journal)
}

function openStore(database: Database): IntentStore {
  prepareJournal(database)
  const one = database.prepare<[string], Row>('select * from intents where key = ?').safeIntegers()
  const open = database
    .prepare<[], Row>(
      `select * from intents where state in ('planned', 'simulated', 'signed', 'sent', 'mined') order by created_at, nonce`,
    )
    .safeIntegers()
  const versions = database
    .prepare<[string, number], VersionRow>('select * from versions where account = ? and nonce = ? order by id')
    .safeIntegers()
  const fees = database.prepare<[bigint], string>('select fee from spending where at >= ?').pluck()
  const bonds = database.prepare<[bigint], string>(`select bond from spending where at >= ? and bond <> '0'`).pluck()
  const commit = createCommit(database)
  const safely = <Result>(use: () => Result): Promise<Result> =>
    new Promise((resolve) => {
      resolve(withStoreFaults(use, journal))
    })
  return {
    get: (key) =>
      safely(() => {
        const row = one.get(key)
        return row && decodeRow(row)
      }),
    open: () => safely(() => open.all().map(decodeRow)),
    versions: ({ account, nonce }) => safely(() => versions.all(account, nonce).map(decodeVersion)),
    commit: (changes) =>
      safely(() => {
        commit.immediate(changes)
      }),
    spentSince: (since) => safely(() => sum(fees.all(since))),
    postedSince: (since) => safely(() => sum(bonds.all(since))),
  }
}

function createCommit(database: Database) {
  const upsert =
    database.prepare<Row>(`insert into intents values (@key, @state, @account, @nonce, @record, @created_at)
    on conflict (key) do update set state = excluded.state, account = excluded.account, nonce = excluded.nonce,
    record = excluded.record, created_at = excluded.created_at`)
  const keep = database.prepare<VersionRow>(`insert into versions
    (key, account, nonce, tx_hash, raw, max_fee, max_tip, signed_at)
    values (@key, @account, @nonce, @tx_hash, @raw, @max_fee, @max_tip, @signed_at) on conflict (tx_hash) do nothing`)
  const book = database.prepare<[string, bigint, string, string]>('insert or replace into spending values (?, ?, ?, ?)')
  const unbook = database.prepare<[string, bigint, string]>(
    `delete from spending where tx_hash in (select tx_hash from versions where account = ? and nonce = ?) and tx_hash <> ?`,
  )
  const note = appender(database)
  return database.transaction((changes: readonly Change[]) => {
    for (const change of changes) {
      const { record, version } = change
      upsert.run(encodeRow(record))
      if (version) keep.run(encodeVersion(version))
      // Of all that was signed for a nonce one may be in the chain, and after a reorganisation another one or none.
      if (record.slot) unbook.run(record.slot.account, BigInt(record.slot.nonce), record.mined?.txHash ?? '')
      if (record.mined) book.run(...spendingOf(record, record.mined))
      if (change.note) note(change.note)
    }
  })
}

function spendingOf({ value }: IntentRecord, { txHash, at, fee, status }: NonNullable<IntentRecord['mined']>) {
  const bond = status === 'success' ? value : 0n
  return [txHash, at, fee.toString(), bond.toString()] as const
}

function sum(amounts: readonly string[]): Wei {
  return amounts.reduce((total, amount) => total + BigInt(amount), 0n) as Wei
}

/** What is no column of its own. */
type Stored = {
  purpose: string
  to: Address
  data: Hex
  value: string
  from?: Address | null
  deadline?: string | null
  stake?: string | null
  own?: boolean | null
  gas?: string | null
  mined?: { txHash: Hex; status: 'success' | 'reverted'; blockNumber: string; fee: string; at: string } | null
  reverts: number
  outcome?: IntentRecord['outcome'] | null
  updatedAt: string
}

function encodeRow({ key, state, slot, createdAt, ...rest }: IntentRecord): Row {
  const stored = { ...rest, ...(slot ? { gas: slot.gas } : {}) }
  return {
    ...{ key, state, account: slot?.account ?? null, nonce: slot ? BigInt(slot.nonce) : null, created_at: createdAt },
    record: JSON.stringify(stored, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field)),
  }
}

function decodeRow({ key, state, account, nonce, record, created_at: createdAt }: Row): IntentRecord {
  const stored = JSON.parse(record) as Stored
  const { purpose, to, data, value, reverts, gas, mined, outcome, updatedAt } = stored
  return {
    ...{ key, state: state as State, purpose, to, data, value: BigInt(value) as Wei, reverts },
    ...wishOf(stored),
    ...(account === null || nonce === null
      ? {}
      : { slot: { account: account as Address, nonce: Number(nonce), gas: BigInt(gas ?? 0) } }),
    ...(mined ? { mined: decodeMined(mined) } : {}),
    ...(outcome ? { outcome } : {}),
    createdAt: createdAt as Timestamp,
    updatedAt: BigInt(updatedAt) as Timestamp,
  }
}

function wishOf({ from, deadline, stake, own }: Stored): Pick<IntentRecord, 'from' | 'deadline' | 'stake' | 'own'> {
  return {
    ...(isGiven(from) ? { from } : {}),
    ...(isGiven(deadline) ? { deadline: BigInt(deadline) as Timestamp } : {}),
    ...(isGiven(stake) ? { stake: BigInt(stake) as Wei } : {}),
    ...(isGiven(own) ? { own } : {}),
  }
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null
}

function decodeMined({ txHash, status, blockNumber, fee, at }: NonNullable<Stored['mined']>) {
  return { txHash, status, blockNumber: BigInt(blockNumber), fee: BigInt(fee) as Wei, at: BigInt(at) as Timestamp }
}

function encodeVersion(version: Version): VersionRow {
  const { key, account, nonce, txHash, raw, maxFeePerGas, maxPriorityFeePerGas, signedAt } = version
  return {
    ...{ key, account, nonce: BigInt(nonce), tx_hash: txHash, raw },
    max_fee: maxFeePerGas.toString(),
    max_tip: maxPriorityFeePerGas.toString(),
    signed_at: signedAt.toString(),
  }
}

function decodeVersion({ key, account, nonce, tx_hash, raw, max_fee, max_tip, signed_at }: VersionRow): Version {
  return {
    ...{ key, account: account as Address, nonce: Number(nonce), txHash: tx_hash as Hex, raw: raw as Hex },
    maxFeePerGas: BigInt(max_fee) as Wei,
    maxPriorityFeePerGas: BigInt(max_tip) as Wei,
    signedAt: BigInt(signed_at),
  }
}
