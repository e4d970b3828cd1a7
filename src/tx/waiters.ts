import { GuardError } from '../lib/errors.ts'
import type { Ending } from './desk.ts'

/** Those who wait for the end of a transaction, by the key of their intent. An end that comes before is kept for them. */
export type Waiters = {
  wait: (key: string) => Promise<Ending>
  finish: (key: string, ending: Ending) => void
  /** Nobody will ask again. */
  forget: (key: string) => void
  /** Nothing will be looked at any more: whoever waits hears why. */
  fail: (error: unknown) => void
}

type Waiting = { resolve: (ending: Ending) => void; reject: (error: unknown) => void }

/** @param signal - Ends every wait with a {@link SubmissionInterruptedError}. */
export function createWaiters(signal: AbortSignal): Waiters {
  const waiting = new Map<string, Waiting>()
  const early = new Map<string, Ending>()
  const fail = (why: (key: string) => unknown) => {
    for (const [key, { reject }] of waiting) reject(why(key))
    waiting.clear()
  }
  signal.addEventListener('abort', () => {
    fail((key) => new SubmissionInterruptedError(key))
  })
  return {
    wait: (key) => {
      const ending = early.get(key)
      early.delete(key)
      if (ending) return Promise.resolve(ending)
      if (signal.aborted) return Promise.reject(new SubmissionInterruptedError(key))
      return new Promise((resolve, reject) => waiting.set(key, { resolve, reject }))
    },
    finish: (key, ending) => {
      const waiter = waiting.get(key)
      waiting.delete(key)
      if (waiter) waiter.resolve(ending)
      else early.set(key, ending)
    },
    forget: (key) => early.delete(key),
    fail: (error) => {
      fail(() => error)
    },
  }
}

/** The program ends before the transaction does. */
export class SubmissionInterruptedError extends GuardError {
  override readonly code = 'SUBMISSION_INTERRUPTED'
  override readonly retryable = true

  constructor(key: string) {
    super('The program ended while a transaction was under way; it goes on at the next start.', { key })
  }
}
