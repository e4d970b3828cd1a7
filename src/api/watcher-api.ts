import type { Address } from '../plasma/units.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import type { Operator } from '../watcher/operator.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import type { TransactionArchive } from '../watcher/transaction-archive.ts'
import type { Watcher } from '../watcher/watcher.ts'
import { answered, serviceUnavailable, type Answer } from './answer.ts'
import type { InfoIndex } from './info-index.ts'
import { refusal } from './refusals.ts'
import { onWire } from './wire.ts'

/** What stands behind the watcher's API. */
export type WatcherApi = {
  watcher: Pick<Watcher, 'snapshot' | 'blindness'>
  archive: Pick<TransactionArchive, 'store'>
  /** Where submitted transactions go. */
  operator: Pick<Operator, 'submit'> | undefined
  recovery: Recovery
  /** Finds an owner's outputs faster than the ledger does, where there is one. */
  index?: Pick<InfoIndex, 'current'>
  contracts: { framework: Address; ethVault: Address; erc20Vault: Address; paymentExitGame: Address }
  /** `getVersion()` of the framework. */
  contractSemver: string
  /** Name of the root chain's network. */
  network: string
  /** How many root chain blocks deep an event must be before it is reported. */
  finalityMarginBlocks: bigint
  slaMarginBlocks: bigint
}

/** Answers from what is known, or says that too little is. */
export function fromSnapshot({ watcher }: Pick<WatcherApi, 'watcher'>, answer: (snapshot: Snapshot) => Answer): Answer {
  const snapshot = watcher.snapshot()
  return snapshot ? answer(snapshot) : serviceUnavailable
}

/** As {@link fromSnapshot}, for answers that take their time. */
export async function whileSeeing(
  { watcher }: Pick<WatcherApi, 'watcher'>,
  answer: (snapshot: Snapshot) => Answer | Promise<Answer>,
): Promise<Answer> {
  const snapshot = watcher.snapshot()
  return snapshot ? answer(snapshot) : serviceUnavailable
}

/** Data, or a reason why there is none. */
type Found = { ok: true; data: object } | { ok: false; error: string }

/** @param action - The operation's name inside elixir-omg, which its error codes carry. */
export function answerOf(action: string, found: Found): Answer {
  return found.ok ? answered(onWire(found.data)) : refusal(action, found.error)
}
