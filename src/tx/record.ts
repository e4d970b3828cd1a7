import type { Outcome } from '../lib/outcome.ts'
import type { Timestamp } from '../plasma/units.ts'
import type { EndedRecord, PendingRecord, SignedVersion } from './intent.ts'
import type { Ports } from './ports.ts'

/** The version that counts: the last one signed. */
export function newest(record: Pick<PendingRecord, 'key' | 'versions'>): SignedVersion {
  const version = record.versions.at(-1)
  if (!version) throw new RangeError(`No version of ${record.key}: a record is written with its first.`)
  return version
}

/** Notes that a node has the transaction, and says so once. */
export async function announce(
  { store, log }: Pick<Ports, 'store' | 'log'>,
  record: PendingRecord,
  at: Timestamp,
): Promise<PendingRecord> {
  if (record.accepted) return record
  const { purpose, key, nonce } = record
  log.info({ purpose, key, txHash: newest(record).txHash, nonce }, 'transaction sent')
  const accepted = { ...record, accepted: true, updatedAt: at }
  await store.put(accepted)
  return accepted
}

/** The record of a transaction that is over; `outcome` only when the intent is, too. */
export function ended(record: PendingRecord | EndedRecord, at: Timestamp, outcome?: Outcome): EndedRecord {
  const { key, purpose, account, to, data, value, nonce, gas, versions, createdAt } = record
  const sent = { key, purpose, account, to, data, value, nonce, gas, versions, createdAt, updatedAt: at }
  return { ...sent, state: 'ended', ...(outcome ? { outcome } : {}) }
}

/** Takes up a transaction again that a reorganisation threw out. */
export function reopened(record: EndedRecord, at: Timestamp): PendingRecord {
  const { key, purpose, account, to, data, value, nonce, gas, versions, createdAt } = record
  const sent = { key, purpose, account, to, data, value, nonce, gas, versions, createdAt, updatedAt: at }
  return { ...sent, state: 'pending', accepted: true }
}
