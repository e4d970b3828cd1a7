import type { Worker } from 'node:worker_threads'
import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import type { CheckedSlice } from '../plasma/block-slice.ts'
import { startThread, type Job, type Thread } from './thread.ts'

export type Pool = {
  /**
   * Checks a slice in whatever thread is free first.
   *
   * @throws {LethalSliceError}, {@link NoThreadsError}, {@link ClosedError}
   */
  check: (transactions: readonly Uint8Array[]) => Promise<CheckedSlice>
  close: () => Promise<void>
}

type Ports = { spawn: () => Worker; log: Logger }

/** A thread's next slice lies there when it has done the one before: this thread may be busy at that moment. */
const AHEAD = 2
/** As many starts in a row may fail before a thread is given up. */
const MOST_STARTS = 3
const MOST_DEATHS = 2

/** Threads that check slices. One that dies is replaced, and what it was at is done again by another. */
export function createPool({ spawn, log }: Ports, size: number): Pool {
  const threads = new Set<Thread>()
  const jobs = createQueue()
  let over: GuardError | undefined

  function hire(failedStarts: number): void {
    const thread = startThread(spawn(), {
      free: handOut,
      died: ({ cause, exitCode, started }) => {
        threads.delete(thread)
        if (over) return
        log.warn({ err: cause, exitCode, unfinished: thread.unfinished().length }, 'verifier thread died')
        jobs.takeBack(thread.unfinished())
        replace(started ? 0 : failedStarts + 1)
      },
    })
    threads.add(thread)
  }

  function replace(failedStarts: number): void {
    if (failedStarts < MOST_STARTS) hire(failedStarts)
    else log.error({ left: threads.size }, 'verifier thread cannot be started')
    if (threads.size === 0) end(new NoThreadsError())
    handOut()
  }

  /** First to those that have nothing to do. */
  function handOut(): void {
    for (let load = 0; load < AHEAD; load++) {
      for (const thread of threads) {
        const job = thread.load() === load ? jobs.next() : undefined
        if (job) thread.give(job)
      }
    }
  }

  function end(because: GuardError): void {
    over ??= because
    for (const thread of threads) for (const { reject } of thread.unfinished()) reject(over)
    jobs.rejectAll(over)
  }

  for (let index = 0; index < size; index++) hire(0)
  return {
    check: (transactions) =>
      new Promise((resolve, reject) => {
        jobs.add({ transactions, deaths: 0, resolve, reject })
        if (over) jobs.rejectAll(over)
        handOut()
      }),
    close: async () => {
      end(new ClosedError())
      await Promise.all([...threads].map((thread) => thread.stop()))
    },
  }
}

/** Slices that wait for a thread, in the order in which they came. */
function createQueue() {
  let waiting: Job[] = []
  return {
    add: (job: Job) => {
      waiting.push(job)
    },
    next: () => waiting.shift(),
    /** What a dead thread has left undone goes first, but for what it may have died of when another has before. */
    takeBack: ([first, ...rest]: readonly Job[]) => {
      if (!first) return
      first.deaths++
      if (first.deaths >= MOST_DEATHS) first.reject(new LethalSliceError(first.transactions.length))
      waiting = [...(first.deaths < MOST_DEATHS ? [first] : []), ...rest, ...waiting]
    },
    rejectAll: (error: GuardError) => {
      for (const { reject } of waiting) reject(error)
      waiting = []
    },
  }
}

/** Checking is total, so no slice should be able to do this: it is no verdict on the slice. */
class LethalSliceError extends GuardError {
  override readonly code = 'LETHAL_SLICE'

  constructor(transactions: number) {
    super('Two threads died over the same transactions of a block', { transactions })
  }
}

class NoThreadsError extends GuardError {
  override readonly code = 'NO_VERIFIER_THREADS'
  override readonly fatal = true

  constructor() {
    super('No thread that checks blocks could be started')
  }
}

class ClosedError extends GuardError {
  override readonly code = 'VERIFIER_CLOSED'

  constructor() {
    super('The verifier is closed')
  }
}
