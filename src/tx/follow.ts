import { GuardError } from '../lib/errors.ts'
import type { Timestamp } from '../plasma/units.ts'
import type { Account, PricedBlock } from './chain-access.ts'
import { replacementFees } from './fees.ts'
import type { PendingRecord, SignedVersion } from './intent.ts'
import { announce, newest } from './record.ts'
import { type Ending, type Memory, nextMove } from './next-move.ts'
import type { Policy, Ports } from './ports.ts'

/** How it ended, and when. */
export type Followed = { ending: Ending; record: PendingRecord; at: Timestamp }

export type Follow = {
  record: PendingRecord
  account: Account | undefined
  memory: Memory
  signal: AbortSignal
}

/**
 * Stays with a signed transaction until it is in the chain, deep enough, or surely never will be. Gives it to the node
 * again when that lost it, and pays more when it is stuck. A node that fails is asked again.
 *
 * @throws {@link SubmissionInterruptedError} when the program ends first; the journal has it, the next start goes on.
 */
export async function follow(
  ports: Ports,
  policy: Policy,
  { record: first, account, memory: start, signal }: Follow,
): Promise<Followed> {
  let record = first
  let memory = start
  while (!signal.aborted) {
    try {
      const [head, receipt, nonces] = await look(ports, record)
      const next = nextMove(record, { head: head.number, receipt, mined: nonces.mined }, { memory, patience: policy })
      if (next.move === 'end') return { ending: next.ending, record, at: head.timestamp }
      // First remembered, then done: a node that fails at every broadcast must not raise the price at every look.
      memory = next.memory
      if (next.move === 'replace') record = await reprice({ ports, policy, account }, record, head)
      if (next.move !== 'wait') record = await push(ports, record, head)
    } catch (error) {
      if (!(error instanceof GuardError && error.retryable)) throw error
      ports.log.debug({ err: error, key: record.key }, 'could not look after a transaction, will try again')
    }
    await ports.sleep(policy.pollMs, signal)
  }
  throw new SubmissionInterruptedError(record.key)
}

function look({ chain }: Ports, record: PendingRecord) {
  const hashes = record.versions.map(({ txHash }) => txHash)
  return Promise.all([chain.head(), chain.receipt(hashes), chain.nonces(record.account)])
}

/** The same transaction for a higher price, in the journal; unchanged when the ceiling leaves no room. */
async function reprice(
  { ports, policy, account }: { ports: Ports; policy: Policy; account: Account | undefined },
  record: PendingRecord,
  head: PricedBlock,
): Promise<PendingRecord> {
  const last = newest(record)
  const fees = replacementFees(last, head, policy.feeCeiling)
  if (!fees || !account) {
    ports.log.warn({ key: record.key, txHash: last.txHash }, 'transaction is stuck and cannot be paid more')
    return record
  }
  const { nonce, to, data, value, gas } = record
  const signed = await account.signTransaction({ chainId: policy.chainId, nonce, to, data, value, gas, ...fees })
  const version: SignedVersion = { ...signed, ...fees, signedAt: head.number }
  const replaced = { ...record, versions: [...record.versions, version], updatedAt: head.timestamp }
  await ports.store.put(replaced)
  ports.log.info({ key: record.key, txHash: version.txHash, nonce, ...fees }, 'transaction replaced')
  return replaced
}

async function push(ports: Ports, record: PendingRecord, head: PricedBlock): Promise<PendingRecord> {
  const reception = await ports.chain.broadcast(newest(record).raw)
  if (reception.ok) return announce(ports, record, head.timestamp)
  ports.log.debug({ key: record.key, why: reception.why }, 'node did not take the transaction again')
  return record
}

/** The program ends before the transaction does. */
export class SubmissionInterruptedError extends GuardError {
  override readonly code = 'SUBMISSION_INTERRUPTED'
  override readonly retryable = true

  constructor(key: string) {
    super('The program ended while a transaction was under way; it goes on at the next start.', { key })
  }
}
