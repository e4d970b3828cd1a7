import { GuardError } from '../lib/errors.ts'
import type { Outcome } from '../lib/outcome.ts'
import { createAccountQueue } from './account-queue.ts'
import { answer } from './answer.ts'
import { type Book, openBook } from './book.ts'
import type { Desk, Ending, Memory } from './desk.ts'
import type { Intent, IntentRecord } from './intent.ts'
import { isFiller } from './filler.ts'
import { look } from './look.ts'
import type { Policy, Ports } from './ports.ts'
import { isUnderWay, wishOf } from './record.ts'
import { createWaiters, SubmissionInterruptedError } from './waiters.ts'
import { createWatch } from './watch.ts'

/** Makes calls happen, each once. */
export type TxManager = {
  /**
   * Resolves when the intent is over: done by us with all confirmations, done by another, or never to be done. Calls
   * with the same key share one answer; one that was done by us is not sent again while the chain shows it.
   *
   * @throws GuardError, retryable unless no account fits: then the intent is still open.
   */
  submit: (intent: Intent) => Promise<Outcome>
  /**
   * Takes up what was under way when the program ended; resolves as soon as all of it is followed again. What was only
   * planned is begun too, unless `begin` is false: then it waits for whoever asks for it.
   */
  resume: (options?: { begin: boolean }) => Promise<void>
}

/** `signal` ends every wait. What is under way then stays in the journal. */
export function createTxManager(ports: Ports, policy: Policy, signal: AbortSignal): TxManager {
  let opened: Promise<Office> | undefined
  const office = () => (opened ??= openBook(ports.store).then((book) => openOffice({ ports, policy, book }, signal)))
  return {
    submit: async (intent) => (await office()).pursue(intent),
    resume: async ({ begin } = { begin: true }) => {
      const { desk, revive, wake } = await office()
      for (const record of desk.book.open()) {
        const { key, purpose, slot } = record
        ports.log.info({ key, purpose, ...(slot ? { nonce: slot.nonce } : {}) }, 'transaction taken up again')
        if (begin && !isUnderWay(record)) revive(record)
      }
      wake()
    },
  }
}

type Office = {
  desk: Desk
  pursue: (intent: Intent) => Promise<Outcome>
  revive: (record: IntentRecord) => void
  wake: () => void
}

function openOffice(
  { ports, policy, book }: { ports: Ports; policy: Policy; book: Book },
  signal: AbortSignal,
): Office {
  const memories = new Map<string, Memory>()
  /** How to ask the contract, of what was asked for in this life of the process. */
  const questions = new Map<string, Intent['settled']>()
  const waiters = createWaiters(signal)
  const pursuing = new Map<string, Promise<Outcome>>()
  const desk: Desk = {
    ...{ ports, policy, book, enqueue: createAccountQueue() },
    memory: (key) => memories.get(key) ?? { eighths: 1n },
    remember: (key, memory) => memories.set(key, memory),
    settled: async (key) => questions.get(key)?.(),
    finish: (key, ending) => {
      if (pursuing.has(key)) waiters.finish(key, ending)
      else void revival.reviveAfter(key, ending)
    },
    forget: (key) => {
      memories.delete(key)
      if (!pursuing.has(key)) questions.delete(key)
    },
  }
  const watch = createWatch(desk, { signal, look, failed: waiters.fail })
  const pursue = (intent: Intent): Promise<Outcome> => {
    const { key } = intent
    questions.set(key, intent.settled)
    const before = pursuing.get(key)
    if (before) return before
    const recheck = (record: IntentRecord) => lookAgain(desk, record)
    const wait = () => {
      watch.wake()
      return waiters.wait(key)
    }
    const pursuit = answer({ desk, intent, wait, recheck }).finally(() => {
      pursuing.delete(key)
      waiters.forget(key)
    })
    pursuing.set(key, pursuit)
    return pursuit
  }
  const revival = createRevival(desk, { questions, pursue })
  return { desk, pursue, revive: revival.revive, wake: watch.wake }
}

type Asking = { questions: ReadonlyMap<string, Intent['settled']>; pursue: Office['pursue'] }

/** Goes on with what nobody waits for. */
function createRevival({ book, ports: { log } }: Desk, { questions, pursue }: Asking) {
  const revive = (record: IntentRecord): void => {
    if (isFiller(record)) return
    const { key } = record
    const settled = questions.get(key) ?? (() => Promise.resolve(undefined))
    pursue({ ...wishOf(record), settled }).catch((error: unknown) => {
      if (error instanceof SubmissionInterruptedError) return
      const isPassing = error instanceof GuardError && error.retryable
      log[isPassing ? 'warn' : 'error']({ err: error, key }, 'transaction could not be followed')
    })
  }
  const reviveAfter = async (key: string, { end }: Ending) => {
    if (end === 'success' || end === 'settled') return
    const record = await book.get(key)
    // What somebody pursued meanwhile has gone on without this.
    if (record?.state === (end === 'reverted' ? 'mined' : 'planned')) revive(record)
  }
  return { revive, reviveAfter }
}

/** Looks at its receipt whatever was seen of it before. */
async function lookAgain(desk: Desk, { key, slot }: IntentRecord): Promise<void> {
  if (!slot) return
  const { checkedAt: _, ...rest } = desk.memory(key)
  desk.remember(key, rest)
  await desk.enqueue(slot.account, () => look(desk, slot.account))
}
