import type { Hex } from '../lib/bytes.ts'
import type { Wei } from '../plasma/units.ts'
import type { Account } from './chain-access.ts'
import type { Desk } from './desk.ts'
import { ceilingOf, feesFor, pressureOf, raised, replacementFees } from './fee-curve.ts'
import type { Change, IntentRecord, Placed, Version } from './intent.ts'
import type { Sight } from './line.ts'
import { signed } from './record.ts'

/** What a transfer without data costs. */
const GAS = 21_000n
const NO_DATA: Hex = '0x'

export type Filling = {
  account: Account
  nonce: number
  sight: Sight
  /** What the nonce was signed for last, if it was. */
  over?: Version
  /** For whom the way is cleared: its deadline and stake set the price. */
  behind?: IntentRecord
  reason: string
}

/**
 * The record of a transfer of nothing to ourselves, which uses up a nonce that is wanted for nothing else. It outbids
 * what stood there, be it a little above the ceiling: as long as that may be mined, nobody knows what becomes of it.
 */
export async function fill(desk: Desk, filling: Filling): Promise<Change[]> {
  const { account, nonce, sight, behind, reason } = filling
  const at = sight.head.timestamp
  const step = { at, reason }
  const record: IntentRecord = {
    ...{ key: `filler:${account.address}:${nonce}`, purpose: 'filler', to: account.address, data: NO_DATA },
    ...{ value: 0n as Wei, from: account.address, state: 'planned', reverts: 0, createdAt: at, updatedAt: at },
    ...urgencyOf(behind),
  }
  const version = await signFiller(desk, record, filling)
  const before = await desk.book.get(record.key)
  const note = { at, subject: record.key, what: 'planned', reason }
  const first: Change[] = before?.state === 'planned' ? [] : [{ record, note }]
  return [...first, signed(record, { slot: { account: account.address, nonce, gas: GAS }, version, step })]
}

/** The same filler, as urgent and as dear as the one behind it. */
export async function hasten(desk: Desk, filler: Placed, filling: Filling): Promise<Change[]> {
  const record = { ...filler, ...urgencyOf(filling.behind), updatedAt: filling.sight.head.timestamp }
  const version = await signFiller(desk, record, filling)
  const note = { at: record.updatedAt, subject: record.key, what: 'replaced', reason: filling.reason }
  return [{ record, version, note }]
}

async function signFiller(
  { policy }: Desk,
  record: IntentRecord,
  { account, nonce, sight: { head }, over }: Filling,
): Promise<Version> {
  const ceiling = ceilingOf(record, GAS, policy)
  const target = feesFor(head, pressureOf(record, head.timestamp), ceiling)
  const fees = over ? outbidding(over, target, ceiling) : target
  const { to, data, value } = record
  const call = { chainId: policy.chainId, nonce, to, data, value, gas: GAS, ...fees }
  const { raw, txHash } = await account.signTransaction(call)
  return { key: record.key, account: account.address, nonce, raw, txHash, ...fees, signedAt: head.number }
}

function outbidding(over: Version, target: ReturnType<typeof feesFor>, ceiling: Wei): ReturnType<typeof feesFor> {
  const least = [raised(over.maxFeePerGas), raised(over.maxPriorityFeePerGas)]
  const needed = least.reduce<bigint>((most, fee) => (fee > most ? fee : most), ceiling) as Wei
  return replacementFees(over, target, { ceiling: needed }) ?? target
}

export function isFiller({ purpose }: Pick<IntentRecord, 'purpose'>): boolean {
  return purpose === 'filler'
}

function urgencyOf(behind: IntentRecord | undefined): Pick<IntentRecord, 'deadline' | 'stake' | 'own'> {
  if (!behind) return {}
  const { deadline, stake, own } = behind
  return {
    ...(deadline === undefined ? {} : { deadline }),
    ...(stake === undefined ? {} : { stake }),
    ...(own === undefined ? {} : { own }),
  }
}
