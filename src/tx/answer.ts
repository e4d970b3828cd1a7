import { GuardError } from '../lib/errors.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Account } from './chain-access.ts'
import type { Desk, Ending } from './desk.ts'
import type { Change, Intent, IntentRecord } from './intent.ts'
import { ended, isUnderWay, planned, vacated } from './record.ts'
import { InsufficientFundsError, send } from './send.ts'

/** An intent that somebody pursues. `wait`: for the end of its transaction; `recheck`: looks at its receipt now. */
export type Pursuit = {
  desk: Desk
  intent: Intent
  wait: () => Promise<Ending>
  recheck: (record: IntentRecord) => Promise<void>
}

/** How often a transaction may lose its nonce to a stranger before the caller has to decide. */
const MOST_ROUNDS = 3
/** How often the contract may undo a call that it would take in a simulation. */
const MOST_REVERTS = 3

/** Brings one intent to its end: from the journal, from the chain, or by a transaction. */
export async function answer(pursuit: Pursuit): Promise<Outcome> {
  const { desk, intent, wait } = pursuit
  let outcome = await doneBefore(pursuit)
  for (let lost = 0; !outcome;) {
    outcome = isUnderWay(await desk.book.get(intent.key)) ? undefined : await begin(desk, intent)
    if (outcome) break
    const ending = await wait()
    outcome = await conclude(desk, intent, ending)
    if (ending.end === 'lost' && ++lost === MOST_ROUNDS) throw new WithoutEffectError(intent, 'lost')
  }
  return outcome
}

/** Undefined when it has to be begun anew. */
async function conclude(desk: Desk, intent: Intent, ending: Ending): Promise<Outcome | undefined> {
  if ('outcome' in ending) return ending.outcome
  return ending.end === 'reverted' ? undone(desk, intent) : undefined
}

/** What we did stays done while the chain shows it; a reorganisation may have thrown it out. */
async function doneBefore({ desk, intent, recheck }: Pursuit): Promise<Outcome | undefined> {
  const record = await desk.book.get(intent.key)
  if (record?.state === 'final') return (await intent.settled()) && record.outcome
  if (record?.state !== 'mined' || !record.outcome) return undefined
  await recheck(record)
  const now = await desk.book.get(intent.key)
  return isDone(now) ? now.outcome : undefined
}

function isDone(record: IntentRecord | undefined): record is IntentRecord {
  return record !== undefined && ['mined', 'final'].includes(record.state)
}

/** Undefined when it is under way. */
async function begin(desk: Desk, intent: Intent): Promise<Outcome | undefined> {
  const settled = await intent.settled()
  if (settled) return close(desk, intent, settled)
  const account = accountFor(desk.ports.accounts, intent)
  const { to, data, value } = intent
  const trial = await desk.ports.chain.tryCall({ from: account.address, to, data, value })
  if (!trial.ok) {
    if (trial.why === 'insufficient_funds') throw new InsufficientFundsError(account.address, value)
    const reason = `The contract refuses the call: ${trial.reason}`
    return close(desk, intent, (await intent.settled()) ?? { outcome: 'impossible', reason })
  }
  const plan = await planOf(desk, intent)
  const sending = { ...plan, account, gasEstimate: trial.gas }
  const { refused } = await desk.enqueue(account.address, () => send(desk, sending), intent)
  return refused === undefined ? undefined : refuse(desk, intent, refused)
}

async function refuse(desk: Desk, intent: Intent, reason: string): Promise<Outcome> {
  const message = `${intent.purpose} is not sent: ${reason}`
  await desk.ports.raise({ kind: 'answer_refused', subject: intent.key, level: 'critical', message })
  return close(desk, intent, { outcome: 'refused', reason })
}

/** The planned record of an intent, and what puts it into the journal. */
async function planOf(desk: Desk, intent: Intent): Promise<{ record: IntentRecord; plan: Change[] }> {
  const before = await desk.book.get(intent.key)
  const { settled: _, ...wish } = intent
  if (before?.state === 'planned') return { record: { ...before, ...wish }, plan: [] }
  const { timestamp: at } = await desk.ports.chain.head()
  const change = planned(intent, { at, before })
  return { record: change.record, plan: [change] }
}

/** Ends an intent for which nothing was sent. What ended like that before is in the journal. */
async function close(desk: Desk, intent: Intent, outcome: Outcome): Promise<Outcome> {
  const before = await desk.book.get(intent.key)
  if (before?.state === outcome.outcome || outcome.outcome === 'done_by_us') return outcome
  const { record, plan } = await planOf(desk, intent)
  const { timestamp: at } = await desk.ports.chain.head()
  await desk.book.commit([...plan, ended(record, outcome, at)])
  return outcome
}

/** The contract took the call in a simulation and undid it in a block: its state tells why, not its words. */
async function undone(desk: Desk, intent: Intent): Promise<Outcome> {
  const settled = await intent.settled()
  const record = await desk.book.get(intent.key)
  if (!record?.mined) throw new WithoutEffectError(intent, 'reverted')
  const { timestamp: at } = await desk.ports.chain.head()
  const reverts = record.reverts + 1
  const outcome = settled ?? givenUp(record, reverts)
  if (outcome && outcome.outcome !== 'done_by_us') {
    await desk.book.commit([ended(record, outcome, at)])
    return outcome
  }
  const facts = factsOf(record)
  desk.ports.log.warn({ key: record.key, reverts, facts, ending: 'reverted' }, 'transaction ended without effect')
  const again = vacated(record, 'planned', { at, reason: `the contract undid ${facts}, and still asks for the call` })
  await desk.book.commit([{ ...again, record: { ...again.record, reverts } }])
  throw new WithoutEffectError(intent, 'reverted')
}

function givenUp(record: IntentRecord, reverts: number): Outcome | undefined {
  if (reverts < MOST_REVERTS) return undefined
  const reason = `The contract has undone the call ${reverts} times and still asks for it; the last was ${factsOf(record)}.`
  return { outcome: 'impossible', reason }
}

function factsOf({ mined, slot }: IntentRecord): string {
  return `${String(mined?.txHash)} in block ${String(mined?.blockNumber)}, nonce ${String(slot?.nonce)}, gas ${String(slot?.gas)}`
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

  constructor({ purpose, key }: Intent, ending: 'reverted' | 'lost') {
    super(`The transaction of ${purpose} ended without effect: ${ending}.`, { purpose, key, ending })
  }
}
