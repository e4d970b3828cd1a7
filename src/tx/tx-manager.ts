import type { Outcome } from '../lib/outcome.ts'
import { createAccountQueue } from './account-queue.ts'
import { answer, type Desk, doneByUs } from './answer.ts'
import { follow, type Followed, SubmissionInterruptedError } from './follow.ts'
import type { Intent } from './intent.ts'
import type { Policy, Ports } from './ports.ts'
import { ended } from './record.ts'

/** Makes calls happen, each once. */
export type TxManager = {
  /**
   * Resolves when the intent is over: done by us with all confirmations, done by another, or never to be done. Calls
   * with the same key share one answer; one that was done by us is not sent again while the chain shows it.
   *
   * @throws GuardError, retryable unless no account fits: then the intent is still open.
   */
  submit: (intent: Intent) => Promise<Outcome>
  /** Takes up what was under way when the program ended; resolves as soon as all of it is followed again. */
  resume: () => Promise<void>
}

/** `signal` ends every wait. What is under way then stays in the journal. */
export function createTxManager(ports: Ports, policy: Policy, signal: AbortSignal): TxManager {
  const followed = shared<Parameters<Desk['followed']>, Followed>(
    (record) => record.key,
    async (record, memory) => {
      const account = ports.accounts.find(({ address }) => address === record.account)
      const end = await follow(ports, policy, { record, account, memory, signal })
      await close(ports, end)
      return end
    },
  )
  const desk: Desk = { ports, policy, enqueue: createAccountQueue(), followed }
  return {
    submit: shared<[Intent], Outcome>(
      (intent) => intent.key,
      (intent) => answer(desk, intent),
    ),
    resume: async () => {
      for (const record of await ports.store.pending()) {
        ports.log.info({ key: record.key, purpose: record.purpose, nonce: record.nonce }, 'transaction taken up again')
        void followed(record, {}).catch((error: unknown) => {
          if (!(error instanceof SubmissionInterruptedError))
            ports.log.error({ err: error, key: record.key }, 'transaction could not be followed')
        })
      }
    },
  }
}

/** The journal learns how a transaction ended, whether or not somebody waits for it. */
async function close({ store, log }: Ports, { ending, record, at }: Followed): Promise<void> {
  const { key, nonce } = record
  if (ending.end === 'success') return store.put(ended(record, at, doneByUs(record, ending.receipt)))
  log.warn({ key, nonce, ending: ending.end }, 'transaction ended without effect')
  return store.put(ended(record, at))
}

/** Calls that come while one of the same key runs get its answer. */
function shared<Args extends unknown[], Result>(
  keyOf: (...args: Args) => string,
  run: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  const running = new Map<string, Promise<Result>>()
  return (...args) => {
    const key = keyOf(...args)
    const before = running.get(key)
    if (before) return before
    const result = run(...args).finally(() => running.delete(key))
    running.set(key, result)
    return result
  }
}
