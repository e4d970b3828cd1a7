import type { LedgerEvent } from '../exit-game/contract-event.ts'
import { merkleRoot } from '../plasma/merkle.ts'
import { depositTransaction } from '../plasma/encode-transaction.ts'
import type { Address, Hash } from '../plasma/units.ts'
import { RootChainMovedError } from '../watcher/root-chain-moved.ts'
import { deposits } from './call-arguments.ts'
import { rawTransactionsIn } from './raw-pieces.ts'
import type { LogEntry } from './shapes.ts'
import type { Sources } from './sources.ts'

export type Deposit = Extract<LedgerEvent, { type: 'DepositCreated' }>

/** `unknown`: the deposit is certain, but not the bytes of its transaction. */
export type CompleteDeposit = { event: Deposit; unknown: boolean }

/**
 * Adds the transaction of a deposit whose depositor put something into its metadata: its block's root is not that of the
 * plain one. Looked for in the calldata, wherever the vault was called from, and in a trace; the root leaves no room for
 * another one.
 *
 * @throws {@link RootChainMovedError} when the framework holds no such deposit, or one of another time.
 * @throws {@link RootChainUnavailableError}
 */
export async function completeDeposit(
  { event, log }: { event: Deposit; log: LogEntry },
  sources: Sources,
): Promise<CompleteDeposit> {
  const block = await sources.submittedBlock(event.blknum)
  if (block?.timestamp !== event.timestamp) throw new RootChainMovedError(event.blockNumber)
  const { depositor: owner, token: currency, amount } = event
  if (merkleRoot([depositTransaction({ owner, currency, amount })]) === block.root) return { event, unknown: false }
  const transaction = await findTransaction({ log, root: block.root }, sources)
  return transaction ? { event: { ...event, transaction }, unknown: false } : { event, unknown: true }
}

async function findTransaction(
  { log, root }: { log: LogEntry & { address: Address }; root: Hash },
  { calls }: Sources,
): Promise<Uint8Array | undefined> {
  const isIt = (raw: Uint8Array) => merkleRoot([raw]) === root
  const sent = await calls.sent(log)
  for (const raw of sent ? searched(sent.calldata) : []) if (isIt(raw)) return raw
  for (const call of await calls.traced(log.transactionHash, log.address))
    for (const raw of deposits(call, 'direct')) if (isIt(raw)) return raw
  return undefined
}

function* searched(calldata: Uint8Array): Iterable<Uint8Array> {
  yield* deposits(calldata, 'anywhere')
  yield* rawTransactionsIn(calldata)
}
