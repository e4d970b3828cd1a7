import type { Timestamp } from '../plasma/units.ts'
import type { Receipt } from './chain-access.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Change, Intent, IntentRecord, Placed, Slot, Version } from './intent.ts'
import { mayFollow, type State } from './states.ts'

type Step = { at: Timestamp; reason: string }

/** A record of an intent that is asked for, anew or for the first time, and the note of it. */
export function planned(intent: Intent, { at, before }: { at: Timestamp; before: IntentRecord | undefined }): Change {
  const { settled: _, ...wish } = intent
  const record: IntentRecord = { ...wish, state: 'planned', reverts: 0, createdAt: at, updatedAt: at }
  check(before, 'planned')
  const reason = before ? 'asked for again' : 'asked for'
  return { record, note: { at, subject: record.key, what: 'planned', reason } }
}

/** The next state of a record. Its slot stays until {@link vacated} takes it away. */
export function moved(record: IntentRecord, state: State, { at, reason }: Step): Change {
  check(record, state)
  return { record: { ...record, state, updatedAt: at }, note: { at, subject: record.key, what: state, reason } }
}

/** The next state of a record that no longer has a nonce, and nothing in the chain. */
export function vacated(record: IntentRecord, state: State, step: Step): Change {
  return moved(without(record, 'slot', 'mined', 'outcome'), state, step)
}

/** What is wanted, without what became of it. */
export function wishOf(record: IntentRecord): Omit<Intent, 'settled'> {
  return without(record, 'state', 'slot', 'mined', 'outcome', 'reverts', 'createdAt', 'updatedAt')
}

export function without<Fields extends object, Name extends keyof Fields>(
  fields: Fields,
  ...names: readonly Name[]
): Omit<Fields, Name> {
  const kept = Object.entries(fields).filter(([name]) => !names.some((gone) => gone === name))
  return Object.fromEntries(kept) as Omit<Fields, Name>
}

/** The end of an intent for which nothing more is to be sent. */
export function ended(record: IntentRecord, outcome: Outcome, at: Timestamp): Change {
  if (outcome.outcome === 'done_by_us') throw new RangeError(`What we did ends with its receipt: ${record.key}.`)
  const change = vacated(record, outcome.outcome, { at, reason: outcome.reason })
  return { ...change, record: { ...change.record, outcome } }
}

/** The record of a transaction that was signed for a slot. */
export function signed(
  record: IntentRecord,
  { slot, version, step }: { slot: Slot; version: Version; step: Step },
): Change & { record: Placed } {
  const { note } = moved(record, 'signed', step)
  const placed: Placed = { ...record, state: 'signed', slot, updatedAt: step.at }
  return { record: placed, version, ...(note ? { note } : {}) }
}

/** The outcome of a transaction of ours that the chain shows. */
export function doneByUs({ purpose }: IntentRecord, { blockNumber, txHash }: Receipt): Outcome {
  return { outcome: 'done_by_us', reason: `${purpose} was mined in block ${String(blockNumber)}.`, txHash }
}

/** Whether the chain has to decide about it: it holds a nonce, or waits for the end of one that it has lost. */
export function isUnderWay(record: IntentRecord | undefined): record is IntentRecord & { slot: Slot } {
  return record?.slot !== undefined && ['planned', 'signed', 'sent', 'mined'].includes(record.state)
}

/** The last version signed. */
export function newest(versions: readonly Version[], what: string): Version {
  const version = versions.at(-1)
  if (!version) throw new RangeError(`No version of ${what}: a record is written with its first.`)
  return version
}

function check(record: IntentRecord | undefined, state: State): void {
  if (mayFollow(record?.state, state)) return
  throw new RangeError(`${record?.key ?? 'An intent'} cannot go from ${record?.state ?? 'nothing'} to ${state}.`)
}
