import { GuardError } from '../lib/errors.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { AccountQueue } from './account-queue.ts'
import type { Account, Receipt } from './chain-access.ts'
import type { Followed } from './follow.ts'
import type { EndedRecord, Intent, PendingRecord } from './intent.ts'
import type { Memory } from './next-move.ts'
import type { Policy, Ports } from './ports.ts'
import { ended, newest, reopened } from './record.ts'
import { InsufficientFundsError, send } from './send.ts'

/** What answering an intent works with. `followed`: one follower for each transaction, whoever asks. */
export type Desk = {
  ports: Ports
  policy: Policy
  enqueue: AccountQueue
  followed: (record: PendingRecord, memory: Memory) => Promise<Followed>
}

/** How often a transaction may lose its nonce to another before the caller has to decide. */
const MOST_ROUNDS = 3

/** Brings one intent to its end: from the journal, from the chain, or by a transaction. */
export async function answer(desk: Desk, intent: Intent): Promise<Outcome> {
  const record = await desk.ports.store.get(intent.key)
  if (record?.state === 'pending') return conclude(desk, { intent, round: 1 }, await desk.followed(record, {}))
  if (record?.outcome?.outcome === 'done_by_us') return recheck(desk, intent, record)
  return begin(desk, { intent, round: 1 })
}

/** What we did stays done while the chain shows it; a reorganisation may have thrown it out. */
async function recheck(desk: Desk, intent: Intent, record: EndedRecord): Promise<Outcome> {
  const { chain, store, log } = desk.ports
  const receipt = await chain.receipt(record.versions.map(({ txHash }) => txHash))
  if (receipt?.status === 'success') return doneByUs(record, receipt)
  const settled = await intent.settled()
  if (settled) return settled
  if (receipt) return begin(desk, { intent, round: 1 })
  const pending = reopened(record, (await chain.head()).timestamp)
  await store.put(pending)
  log.warn({ key: record.key, nonce: record.nonce }, 'transaction vanished from the chain, will be sent again')
  return conclude(desk, { intent, round: 1 }, await desk.followed(pending, {}))
}

type Job = { intent: Intent; round: number }

async function begin(desk: Desk, { intent, round }: Job): Promise<Outcome> {
  const settled = await intent.settled()
  if (settled) return settled
  const account = accountFor(desk.ports.accounts, intent)
  const { to, data, value } = intent
  const trial = await desk.ports.chain.tryCall({ from: account.address, to, data, value })
  if (!trial.ok) {
    if (trial.why === 'insufficient_funds') throw new InsufficientFundsError(account.address, value)
    return (
      (await intent.settled()) ?? { outcome: 'impossible', reason: `The contract refuses the call: ${trial.reason}` }
    )
  }
  const sending = { intent, account, gasEstimate: trial.gas }
  const record = await desk.enqueue(account.address, () => send(desk.ports, desk.policy, sending))
  return conclude(desk, { intent, round }, await desk.followed(record, { pushedAt: newest(record).signedAt }))
}

async function conclude(desk: Desk, { intent, round }: Job, { ending, record, at }: Followed): Promise<Outcome> {
  if (ending.end === 'success') return doneByUs(record, ending.receipt)
  const settled = await intent.settled()
  if (settled) {
    await desk.ports.store.put(ended(record, at, settled))
    return settled
  }
  if (ending.end === 'lost' && round < MOST_ROUNDS) return begin(desk, { intent, round: round + 1 })
  throw new WithoutEffectError(record, ending.end)
}

/** The outcome of a transaction of ours that the chain shows. */
export function doneByUs({ purpose }: Pick<Intent, 'purpose'>, { blockNumber, txHash }: Receipt): Outcome {
  return { outcome: 'done_by_us', reason: `${purpose} was mined in block ${String(blockNumber)}.`, txHash }
}

function accountFor(accounts: readonly Account[], { from, purpose }: Intent): Account {
  const account = from === undefined ? accounts[0] : accounts.find(({ address }) => address === from)
  if (!account) throw new NoAccountError(purpose, from ?? 'any')
  return account
}

/** There is no key for the account that has to send the call. */
class NoAccountError extends GuardError {
  override readonly code = 'NO_ACCOUNT'

  constructor(purpose: string, from: string) {
    super(`There is no key to send ${purpose} with.`, { purpose, from })
  }
}

/** Our transaction was undone by the contract, or its nonce went to another, and the contract still asks for the call. */
class WithoutEffectError extends GuardError {
  override readonly code = 'WITHOUT_EFFECT'
  override readonly retryable = true

  constructor({ purpose, key, nonce }: PendingRecord, ending: 'reverted' | 'lost') {
    super(`The transaction of ${purpose} ended without effect: ${ending}.`, { purpose, key, nonce, ending })
  }
}
