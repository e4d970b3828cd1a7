import type { Address } from '../plasma/units.ts'
import type { Receipt } from './chain-access.ts'
import type { Desk } from './desk.ts'
import { isFiller } from './filler.ts'
import type { Change, IntentRecord, Placed, Slot } from './intent.ts'
import { seeAccount, type Sight } from './line.ts'
import { doneByUs, ended, isUnderWay, moved, vacated, without } from './record.ts'
import { tendLine } from './tend.ts'

/** Between two looks at a receipt that has all its confirmations and is not final, while its nonce is used. */
const RECEIPT_BLOCKS = 8n

/** Looks once at everything of an account that is under way, and does what is due. */
export async function look(desk: Desk, account: Address): Promise<void> {
  const sight = await seeAccount(desk, account)
  const finalized = desk.book.placed(account).some(({ state }) => state === 'mined')
    ? await desk.ports.chain.finalized()
    : undefined
  for (const { key } of desk.book.open().filter((record) => isUnderWay(record) && record.slot.account === account)) {
    const record = await desk.book.get(key)
    if (isUnderWay(record)) await lookAt(desk, record, { ...sight, finalized })
  }
  await tendLine(desk, account, sight)
}

type View = Sight & { finalized: bigint | undefined }

async function lookAt(desk: Desk, record: IntentRecord & { slot: Slot }, view: View): Promise<void> {
  if (!isDue(desk, record, view)) return
  const versions = desk.book.versions(record.slot)
  const receipt = await desk.ports.chain.receipt(versions.map(({ txHash }) => txHash))
  // Whoever pursues it may have gone on meanwhile.
  if ((await desk.book.get(record.key)) !== record) return
  if (!receipt) return missing(desk, record, view)
  const winner = versions.find(({ txHash }) => txHash === receipt.txHash)?.key ?? record.key
  if (winner !== record.key) return overtaken(desk, record, { winner, view })
  await inChain(desk, record, { receipt, view })
}

/** What has its confirmations is looked at now and then: a reorganisation may bring it back undone. */
function isDue(desk: Desk, { key, state, slot, outcome, mined }: IntentRecord & { slot: Slot }, view: View): boolean {
  if (view.mined <= slot.nonce) return state === 'mined'
  if (outcome === undefined || mined === undefined) return true
  const { checkedAt } = desk.memory(key)
  if (checkedAt === undefined || isFinal(desk, mined, view)) return true
  const since = view.head.number - checkedAt
  return since < 0n || since >= RECEIPT_BLOCKS
}

async function inChain(
  desk: Desk,
  record: IntentRecord & { slot: Slot },
  { receipt, view }: { receipt: Receipt; view: View },
): Promise<void> {
  const at = view.head.timestamp
  desk.remember(record.key, { eighths: 1n, checkedAt: view.head.number })
  const current = await noted(desk, record, { receipt, at })
  if (view.head.number - receipt.blockNumber + 1n < BigInt(desk.policy.confirmations)) return
  if (receipt.status === 'reverted') {
    desk.finish(record.key, { end: 'reverted' })
    return
  }
  const outcome = doneByUs(current, receipt)
  const confirmed = { ...current, outcome }
  if (isFinal(desk, receipt, view)) {
    const reason = `deep enough under block ${String(view.head.number)}: ${receipt.txHash}`
    await desk.book.commit([moved(confirmed, 'final', { at, reason })])
    desk.finish(record.key, { end: 'success', outcome })
    desk.forget(record.key)
    return
  }
  if (current.outcome?.reason !== outcome.reason) await desk.book.commit([{ record: confirmed }])
  desk.finish(record.key, { end: 'success', outcome })
}

/** The record with its receipt, on disk. */
async function noted(
  desk: Desk,
  record: IntentRecord & { slot: Slot },
  { receipt, at }: { receipt: Receipt; at: Placed['createdAt'] },
): Promise<IntentRecord> {
  if (record.state === 'mined' && isSame(record.mined, receipt)) return record
  const change = withReceipt(record, { receipt, at })
  const usurper = record.state === 'planned' ? holderOf(desk, record) : undefined
  const used = { at, reason: `nonce ${record.slot.nonce} was used by ${record.key}` }
  await desk.book.commit(usurper ? [displaced(usurper, used), change] : [change])
  if (usurper) desk.finish(usurper.key, { end: 'displaced' })
  return change.record
}

function withReceipt(record: IntentRecord, { receipt, at }: { receipt: Receipt; at: Placed['createdAt'] }): Change {
  const rest = without(record, 'outcome')
  const reason = `${receipt.txHash} in block ${String(receipt.blockNumber)}: ${receipt.status}`
  const note = { at, subject: record.key, what: 'mined', reason }
  const step: Change = record.state === 'mined' ? { record: rest, note } : moved(rest, 'mined', { at, reason })
  return { ...step, record: { ...step.record, mined: { ...receipt, at: record.mined?.at ?? at } } }
}

function isSame(left: Receipt | undefined, right: Receipt): boolean {
  return left?.txHash === right.txHash && left.status === right.status && left.blockNumber === right.blockNumber
}

/** Who holds the nonce that a planned record has lost. */
function holderOf(desk: Desk, { slot }: { slot: Slot }): Placed | undefined {
  return desk.book.placed(slot.account).find((placed) => placed.slot.nonce === slot.nonce)
}

function isFinal({ policy }: Desk, { blockNumber }: Pick<Receipt, 'blockNumber'>, { head, finalized }: View): boolean {
  if (finalized !== undefined && blockNumber <= finalized) return true
  return head.number - blockNumber >= BigInt(policy.finalAfterBlocks)
}

/** No version of the nonce is in the chain. */
async function missing(desk: Desk, record: IntentRecord & { slot: Slot }, view: View): Promise<void> {
  const { key, slot } = record
  const at = view.head.timestamp
  if (view.mined <= slot.nonce) {
    const rest = without(record, 'mined', 'outcome')
    await desk.book.commit([moved(rest, 'sent', { at, reason: 'a reorganisation took it out of the chain' })])
    desk.remember(key, { eighths: 1n })
    desk.ports.log.warn({ key, nonce: slot.nonce }, 'transaction vanished from the chain, will be sent again')
    return
  }
  const memory = desk.memory(key)
  const missingSince = memory.missingSince ?? view.head.number
  desk.remember(key, { ...memory, missingSince })
  if (!isLost(desk, view.head.number - missingSince)) return
  const reason = `nonce ${slot.nonce} went to a transaction that is none of ours`
  await desk.book.commit([displaced(record, { at, reason })])
  desk.ports.log.warn({ key, nonce: slot.nonce, ending: 'lost' }, 'transaction ended without effect')
  desk.finish(key, { end: 'lost' })
}

/** Nodes behind one address may disagree for a moment, so a lost transaction has to look lost for some blocks. */
function isLost({ policy }: Desk, missingFor: bigint): boolean {
  return missingFor >= BigInt(Math.max(policy.confirmations, policy.stuckAfterBlocks))
}

/** Its nonce was used by another of ours: that one's record is told, this one begins anew. */
async function overtaken(
  desk: Desk,
  record: IntentRecord & { slot: Slot },
  { winner, view }: { winner: string; view: View },
): Promise<void> {
  const at = view.head.timestamp
  const reason = `nonce ${record.slot.nonce} was used by ${winner}`
  await desk.book.commit([displaced(record, { at, reason })])
  desk.finish(record.key, { end: 'displaced' })
}

/** The record without its nonce; what had given it up is planned already. */
function displaced(record: IntentRecord, step: { at: Placed['createdAt']; reason: string }): Change {
  if (isFiller(record)) return ended(record, { outcome: 'not_needed', reason: step.reason }, step.at)
  if (record.state !== 'planned') return vacated(record, 'planned', step)
  const { slot: _, ...rest } = record
  return { record: rest, note: { ...step, subject: record.key, what: 'planned' } }
}
