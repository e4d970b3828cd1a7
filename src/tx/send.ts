import { GuardError } from '../lib/errors.ts'
import type { Address, Wei } from '../plasma/units.ts'
import type { Account, PricedBlock, Reception } from './chain-access.ts'
import { costOf, firstFees, gasLimit } from './fees.ts'
import type { Intent, PendingRecord } from './intent.ts'
import { nextNonce } from './nonce.ts'
import type { Policy, Ports } from './ports.ts'
import { announce, newest } from './record.ts'

/** Nonces that a node refused in this round: below the floor they are used up, the taken ones wait in its pool. */
type Refusals = { floor: number; taken: ReadonlySet<number> }

const MOST_TRIES = 5

export type Sending = { intent: Intent; account: Account; gasEstimate: bigint }

/**
 * Prices, signs, journals and broadcasts one transaction; nobody else may do so for the account meanwhile. Returns as
 * soon as it is under way: a node that did not say whether it took it gets it again from the follower.
 *
 * @throws {@link InsufficientFundsError} {@link TransactionRefusedError}; then nothing was sent.
 */
export async function send(ports: Ports, policy: Policy, sending: Sending): Promise<PendingRecord> {
  let refusals: Refusals = { floor: 0, taken: new Set() }
  for (let tries = 1; ; tries++) {
    const head = await ports.chain.head()
    const record = await sign(ports, policy, { sending, head, refusals })
    await ports.store.put(record)
    const reception = await firstBroadcast(ports, record)
    if (reception === 'unknown') return record
    if (reception.ok) return announce(ports, record, head.timestamp)
    await ports.store.remove(record.key)
    refusals = learn(refusals, reception, record)
    if (tries === MOST_TRIES) throw new TransactionRefusedError(record.purpose, reception.why)
  }
}

type Signing = { sending: Sending; head: PricedBlock; refusals: Refusals }

async function sign(ports: Ports, policy: Policy, { sending, head, refusals }: Signing): Promise<PendingRecord> {
  const { intent, account, gasEstimate } = sending
  const gas = gasLimit(gasEstimate)
  const fees = firstFees(head, policy.feeCeiling)
  const needed = costOf({ value: intent.value, gas, maxFeePerGas: fees.maxFeePerGas })
  const [balance, nonces, pending] = await Promise.all([
    ports.chain.balance(account.address),
    ports.chain.nonces(account.address),
    ports.store.pending(),
  ])
  if (balance < needed) throw new InsufficientFundsError(account.address, needed)
  const ours = pending.filter((record) => record.account === account.address).map((record) => record.nonce)
  const nonce = nextNonce({
    mined: Math.max(nonces.mined, refusals.floor),
    known: nonces.known,
    taken: new Set([...ours, ...refusals.taken]),
  })
  const { key, purpose, to, data, value } = intent
  const signed = await account.signTransaction({ chainId: policy.chainId, nonce, to, data, value, gas, ...fees })
  const times = { createdAt: head.timestamp, updatedAt: head.timestamp }
  const version = { ...signed, ...fees, signedAt: head.number }
  const call = { key, purpose, account: account.address, to, data, value }
  return { ...call, ...times, nonce, gas, versions: [version], state: 'pending', accepted: false }
}

/** A node that went silent may have taken the transaction; one that says "nonce too low" may have mined it already. */
async function firstBroadcast({ chain }: Ports, record: PendingRecord): Promise<Reception | 'unknown'> {
  const { raw, txHash } = newest(record)
  try {
    const reception = await chain.broadcast(raw)
    const mined = !reception.ok && reception.why === 'nonce_too_low' && (await chain.receipt([txHash])) !== undefined
    return mined ? { ok: true } : reception
  } catch (error) {
    if (error instanceof GuardError && error.retryable) return 'unknown'
    throw error
  }
}

function learn(refusals: Refusals, reception: Exclude<Reception, { ok: true }>, record: PendingRecord): Refusals {
  const { nonce, account, purpose, value, gas } = record
  switch (reception.why) {
    case 'nonce_too_low':
      return { ...refusals, floor: Math.max(refusals.floor, nonce + 1) }
    case 'nonce_taken':
      return { ...refusals, taken: new Set([...refusals.taken, nonce]) }
    case 'insufficient_funds':
      throw new InsufficientFundsError(account, costOf({ value, gas, maxFeePerGas: newest(record).maxFeePerGas }))
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
