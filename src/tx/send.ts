import { GuardError } from '../lib/errors.ts'
import type { Address, Wei } from '../plasma/units.ts'
import { beyondBudget } from './budget.ts'
import type { Account, Reception } from './chain-access.ts'
import type { Desk } from './desk.ts'
import { costOf, feesFor, type Fees, gasLimit, nextBlockPrice, replacementFees } from './fee-curve.ts'
import { type Change, type IntentRecord, isPlaced, type Placed, type Version } from './intent.ts'
import { candidateOf, type Held, lineOf, seeAccount, type Sight } from './line.ts'
import { nextNonce, placeToTake } from './nonce-line.ts'
import { announce } from './push.ts'
import { moved, signed, vacated } from './record.ts'

/** Nonces that a node refused in this round: below the floor they are used up, the taken ones wait in its pool. */
type Refusals = { floor: number; taken: ReadonlySet<number> }

const MOST_TRIES = 5

/** `plan`: what makes the record a planned one, where the journal does not have it as such. */
export type Sending = { record: IntentRecord; plan: readonly Change[]; account: Account; gasEstimate: bigint }

/** Where a transaction is to go, and what it pays. `displaced`: whose place it takes. */
type Draft = { sight: Sight; nonce: number; gas: bigint; fees: Fees; displaced?: Held }

/**
 * Finds a place in the nonce line, prices, signs, journals and broadcasts one transaction; nobody else may do so for the
 * account meanwhile. Returns as soon as it is under way, or why the budget has no room for it: a node that did not say
 * whether it took the transaction gets it again at the next look.
 *
 * @throws {@link InsufficientFundsError} {@link TransactionRefusedError}; then nothing was sent.
 */
export async function send(desk: Desk, sending: Sending): Promise<{ refused?: string }> {
  let refusals: Refusals = { floor: 0, taken: new Set() }
  for (let tries = 1; ; tries++) {
    const draft = await drawUp(desk, sending, refusals)
    if (typeof draft === 'string') return { refused: draft }
    const { record, version } = await sign(desk, sending, draft)
    desk.remember(record.key, { pushedAt: draft.sight.head.number, eighths: 1n })
    const reception = await firstBroadcast(desk, version)
    if (reception === 'unknown') return {}
    if (reception.ok) {
      await announce(desk, record, draft.sight.head.timestamp)
      return {}
    }
    await takeBack(desk, record, { draft, why: reception.why })
    refusals = learn(refusals, reception, { record, version })
    if (tries === MOST_TRIES) throw new TransactionRefusedError(record.purpose, reception.why)
  }
}

async function drawUp(desk: Desk, sending: Sending, refusals: Refusals): Promise<Draft | string> {
  const { record, account, gasEstimate } = sending
  const [sight, balance] = await Promise.all([
    seeAccount(desk, account.address),
    desk.ports.chain.balance(account.address),
  ])
  const gas = gasLimit(gasEstimate, record.reverts)
  const candidate = candidateOf(desk, { record, gas, head: sight.head })
  const refused = await overBudget(desk, { record, gas, sight })
  if (refused !== undefined) return refused
  const fees = feesFor(sight.head, candidate.pressure, candidate.willing)
  const needed = costOf({ value: record.value, gas, maxFeePerGas: fees.maxFeePerGas })
  if (balance < needed) throw new InsufficientFundsError(account.address, needed)
  const line = lineOf(desk, account.address, sight).filter(({ nonce }) => !refusals.taken.has(nonce))
  const taken = placeToTake(line, candidate, nextBlockPrice(sight.head))
  const displaced = line.find(({ nonce }) => nonce === taken)
  const higher = displaced && replacementFees(displaced.newest, fees, { ceiling: candidate.willing })
  if (displaced && higher) return { sight, nonce: displaced.nonce, gas, fees: higher, displaced }
  return { sight, nonce: endOfLine(desk, account.address, { sight, refusals }), gas, fees }
}

function endOfLine(desk: Desk, account: Address, { sight, refusals }: { sight: Sight; refusals: Refusals }): number {
  const ours = desk.book
    .open()
    .filter(({ slot }) => slot?.account === account)
    .flatMap(({ slot }) => (slot ? [slot.nonce] : []))
  const mined = Math.max(sight.mined, refusals.floor)
  return nextNonce({ mined, known: sight.known, taken: new Set([...ours, ...refusals.taken]) })
}

const DAY = 86_400n

async function overBudget(
  { ports: { store }, policy, book }: Desk,
  { record, gas, sight: { head } }: { record: IntentRecord; gas: bigint; sight: Sight },
): Promise<string | undefined> {
  const price = nextBlockPrice(head)
  const waiting = book.open().filter((each): each is Placed => isPlaced(each) && each.state !== 'mined')
  const gasUnderWay = waiting.reduce((sum, { slot }) => sum + slot.gas * price, 0n)
  const bondsUnderWay = waiting.reduce((sum, { value }) => sum + value, 0n)
  const [spent, posted] = await Promise.all([
    store.spentSince(after(head.timestamp - DAY)),
    record.value > 0n ? store.postedSince(after(head.timestamp - policy.bondSeconds)) : 0n,
  ])
  const spending = { gas: (spent + gasUnderWay) as Wei, bonds: (posted + bondsUnderWay) as Wei }
  return beyondBudget(spending, { ...record, gas: (gas * price) as Wei, bond: record.value }, policy)
}

function after(time: bigint): Placed['createdAt'] {
  return time as Placed['createdAt']
}

async function sign(desk: Desk, { record, plan, account }: Sending, draft: Draft) {
  const { nonce, gas, fees, sight, displaced } = draft
  const { to, data, value } = record
  const at = sight.head.timestamp
  const call = { chainId: desk.policy.chainId, nonce, to, data, value, gas, ...fees }
  const { raw, txHash } = await account.signTransaction(call)
  const slot = { account: account.address, nonce, gas }
  const version: Version = {
    ...{ key: record.key, account: account.address, nonce, raw, txHash, signedAt: sight.head.number },
    ...fees,
  }
  const simulated = moved({ ...record, state: 'planned' }, 'simulated', { at, reason: 'the contract takes the call' })
  const reason = `nonce ${nonce} of ${account.address}, ${String(fees.maxFeePerGas)} wei per gas: ${txHash}`
  const placed = signed(simulated.record, { slot, version, step: { at, reason } })
  const yielded = displaced ? [yielding(displaced, record.key, at)] : []
  const first = (await desk.book.get(record.key))?.state === 'planned' ? [] : plan
  await desk.book.commit([...first, simulated, ...yielded, placed])
  return { record: placed.record, version }
}

/** Whose place another takes keeps the slot until it is used: only then is it sure what was mined there. */
function yielding({ record, nonce }: Held, to: string, at: Placed['createdAt']): Change {
  return moved(record, 'planned', { at, reason: `nonce ${nonce} is taken by ${to}` })
}

/** A node that went silent may have taken the transaction; one that says "nonce too low" may have mined it already. */
async function firstBroadcast({ ports: { chain } }: Desk, version: Version): Promise<Reception | 'unknown'> {
  try {
    const reception = await chain.broadcast(version.raw)
    if (reception.ok) return reception
    if (reception.why === 'underpriced') return 'unknown'
    const mined = reception.why === 'nonce_too_low' && (await chain.receipt([version.txHash])) !== undefined
    return mined ? { ok: true } : reception
  } catch (error) {
    if (error instanceof GuardError && error.retryable) return 'unknown'
    throw error
  }
}

/** Nobody has the transaction: its place is as it was. */
async function takeBack(desk: Desk, record: Placed, { draft, why }: { draft: Draft; why: string }): Promise<void> {
  const at = draft.sight.head.timestamp
  const back = vacated(record, 'planned', { at, reason: `the node did not take it: ${why}` })
  if (!draft.displaced) return desk.book.commit([back])
  const { record: holder } = draft.displaced
  const note = { at, subject: holder.key, what: 'signed', reason: 'nobody took its place after all' }
  return desk.book.commit([back, { record: { ...holder, state: 'signed' }, note }])
}

type Refused = { record: Placed; version: Version }

function learn(
  refusals: Refusals,
  reception: Exclude<Reception, { ok: true }>,
  { record, version }: Refused,
): Refusals {
  const { purpose, value, slot } = record
  switch (reception.why) {
    case 'nonce_too_low':
      return { ...refusals, floor: Math.max(refusals.floor, slot.nonce + 1) }
    case 'nonce_taken':
    case 'underpriced':
      return { ...refusals, taken: new Set([...refusals.taken, slot.nonce]) }
    case 'insufficient_funds':
      throw new InsufficientFundsError(
        slot.account,
        costOf({ value, gas: slot.gas, maxFeePerGas: version.maxFeePerGas }),
      )
    case 'refused':
      throw new TransactionRefusedError(purpose, reception.reason)
  }
}

/** The account cannot pay for the call; nothing was sent. `needed` is the least it has to own, in wei. */
export class InsufficientFundsError extends GuardError {
  override readonly code = 'INSUFFICIENT_FUNDS'
  override readonly retryable = true

  constructor(address: Address, needed: Wei) {
    super(`The account ${address} needs at least ${String(needed)} wei.`, { address, needed })
  }
}

/** The node did not take the transaction; nothing was sent. */
class TransactionRefusedError extends GuardError {
  override readonly code = 'TRANSACTION_REFUSED'
  override readonly retryable = true

  constructor(purpose: string, reason: string) {
    super(`The node did not take the transaction of ${purpose}: ${reason}.`, { purpose, reason })
  }
}
