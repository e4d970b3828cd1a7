import type { Address } from '../plasma/units.ts'
import { accountOf, type Desk } from './desk.ts'
import { feesFor, isReplacementDue, nextBlockPrice, replacementFees } from './fee-curve.ts'
import { fill, hasten, isFiller } from './filler.ts'
import type { IntentRecord, Placed, Version } from './intent.ts'
import { type Held, lineOf, type Sight } from './line.ts'
import { gapIn, placeToClear } from './nonce-line.ts'
import { push } from './push.ts'
import { ended, moved } from './record.ts'

/** Looks after the transactions of an account that wait: gives them to the node, pays more, keeps the line moving. */
export async function tendLine(desk: Desk, account: Address, sight: Sight): Promise<void> {
  await closeGap(desk, account, sight)
  await clearWay(desk, account, sight)
  for (const [at, held] of lineOf(desk, account, sight).entries())
    await tend(desk, held, { sight, inReach: at < REACH })
}

/** How many of a line may be in the next block: what stands behind them waits for them, not for a better price. */
const REACH = 16

/** Behind a nonce that nobody uses everything would wait for ever. */
async function closeGap(desk: Desk, address: Address, sight: Sight): Promise<void> {
  const taken = desk.book.open().flatMap(({ slot }) => (slot?.account === address ? [slot.nonce] : []))
  const nonce = gapIn({ ...sight, taken: new Set(taken) })
  const account = accountOf(desk, address)
  if (nonce === undefined || !account) return
  const over = desk.book.versions({ account: address, nonce }).at(-1)
  const reason = 'nothing of ours has the nonce, and others wait behind it'
  await desk.book.commit(await fill(desk, { account, nonce, sight, reason, ...(over ? { over } : {}) }))
}

/** What cannot pay for the next block makes way for what can. */
async function clearWay(desk: Desk, address: Address, sight: Sight): Promise<void> {
  const account = accountOf(desk, address)
  if (!account) return
  for (const _ of lineOf(desk, address, sight)) {
    const found = placeToClear(lineOf(desk, address, sight), nextBlockPrice(sight.head))
    if (!found) return
    const { blocked, waiting } = found
    const { nonce, newest: over } = blocked
    const reason = `${waiting.record.key} waits behind it and can pay for the next block`
    const filling = { account, nonce, sight, over, behind: waiting.record, reason }
    if (isFiller(blocked.record)) await desk.book.commit(await hasten(desk, blocked.record, filling))
    else {
      const filler = await fill(desk, filling)
      const yielded = moved(blocked.record, 'planned', { at: sight.head.timestamp, reason })
      await desk.book.commit([yielded, ...filler])
    }
    desk.remember(blocked.record.key, { eighths: 1n })
  }
}

async function tend(desk: Desk, held: Held, { sight, inReach }: { sight: Sight; inReach: boolean }): Promise<void> {
  const { record } = held
  const { pushedAt } = desk.memory(record.key)
  if (pushedAt !== undefined && !isDue(desk, held, { sight, pushedAt, inReach })) {
    if (record.state === 'signed') await push(desk, record, sight)
    return
  }
  const outcome = await desk.settled(record.key)
  if (outcome && outcome.outcome !== 'done_by_us') {
    return (await isInChain(desk, record)) ? undefined : withdraw(desk, held, { outcome, sight })
  }
  if (pushedAt === undefined) return push(desk, record, sight)
  desk.remember(record.key, { ...desk.memory(record.key), pushedAt: sight.head.number })
  await reprice(desk, held, sight)
  await push(desk, record, sight)
}

/** Whether it waits for too long, or the market has left it behind. */
function isDue(
  { policy }: Desk,
  { newest: fees, pressure }: Held,
  { sight, pushedAt, inReach }: { sight: Sight; pushedAt: bigint; inReach: boolean },
): boolean {
  const waited = sight.head.number - pushedAt
  const patience = BigInt(policy.stuckAfterBlocks)
  // Behind a long line only the market is a reason.
  const calm = inReach ? { pressure, waited, patience } : { pressure: 0n, waited, patience: waited + 1n }
  return isReplacementDue(fees, sight.head, calm)
}

/** The same transaction for a higher price, in the journal; as it was when the ceiling leaves no room. */
async function reprice(desk: Desk, held: Held, { head }: Sight): Promise<void> {
  const { record, newest: last, willing, pressure } = held
  const { key, to, data, value, slot } = record
  const account = accountOf(desk, slot.account)
  const target = feesFor(head, pressure, willing)
  const fees = replacementFees(last, target, { ceiling: willing, eighths: desk.memory(key).eighths })
  if (!fees || !account) return tellStuck(desk, held)
  const { nonce, gas } = slot
  const call = { chainId: desk.policy.chainId, nonce, to, data, value, gas, ...fees }
  const { raw, txHash } = await account.signTransaction(call)
  const version: Version = { key, account: slot.account, nonce, raw, txHash, ...fees, signedAt: head.number }
  const reason = `${String(fees.maxFeePerGas)} wei per gas: ${txHash}`
  const note = { at: head.timestamp, subject: key, what: 'replaced', reason }
  await desk.book.commit([{ record: { ...record, updatedAt: head.timestamp }, version, note }])
  desk.ports.log.info({ key, txHash, nonce, ...fees }, 'transaction replaced')
}

async function tellStuck({ ports: { log, raise } }: Desk, { record, newest: last, pressed }: Held): Promise<void> {
  const { key, purpose } = record
  log.warn({ key, txHash: last.txHash }, 'transaction is stuck and cannot be paid more')
  if (!pressed) return
  const message = `${purpose} is not mined, its time runs out, and its ceiling of ${String(last.maxFeePerGas)} wei per gas is reached.`
  await raise({ kind: 'answer_stuck', subject: key, level: 'critical', message })
}

/** A block that came since the account was looked at may hold it: then the contract asks for nothing because we did it. */
async function isInChain({ ports, book }: Desk, { slot }: Placed): Promise<boolean> {
  return (await ports.chain.receipt(book.versions(slot).map(({ txHash }) => txHash))) !== undefined
}

type Withdrawal = { outcome: NonNullable<IntentRecord['outcome']>; sight: Sight }

/** What is wanted no more gives its nonce to a filler; at the end of the line and unknown to the node it just goes. */
async function withdraw(desk: Desk, held: Held, { outcome, sight }: Withdrawal): Promise<void> {
  const { record, nonce, newest: over } = held
  const account = accountOf(desk, record.slot.account)
  const end = ended(record, outcome, sight.head.timestamp)
  const isLast = lineOf(desk, record.slot.account, sight).every((other) => other.nonce <= nonce)
  const isForgotten = isLast && sight.known <= nonce
  const reason = `${record.key} has nothing left to do: ${outcome.outcome}`
  const filler = isForgotten || !account ? [] : await fill(desk, { account, nonce, sight, over, reason })
  await desk.book.commit([end, ...filler])
  desk.finish(record.key, { end: 'settled', outcome })
  const filled = desk.book.placed(record.slot.account).find(({ slot }) => slot.nonce === nonce)
  if (filled) await push(desk, filled, sight)
}
