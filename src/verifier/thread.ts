import type { Worker } from 'node:worker_threads'
import type { GuardError } from '../lib/errors.ts'
import type { CheckedSlice } from '../plasma/block-slice.ts'
import { pack, READY } from './message.ts'

/** A slice that somebody waits for. */
export type Job = {
  transactions: readonly Uint8Array[]
  /** How many threads have died over it. */
  deaths: number
  resolve: (checked: CheckedSlice) => void
  reject: (error: GuardError) => void
}

export type Thread = {
  /** How many slices it has not answered yet; undefined as long as it takes none. */
  load: () => number | undefined
  give: (job: Job) => void
  /** What it has not answered yet. Only the first of these was being worked on. */
  unfinished: () => readonly Job[]
  stop: () => Promise<unknown>
}

/** How a thread ended that should not have ended. `started`: whether it ever took slices. */
type Death = { cause: unknown; exitCode: number; started: boolean }

type Listeners = { free: () => void; died: (death: Death) => void }

/** A thread that checks one slice after the other. It calls `free` whenever it may take another one. */
export function startThread(worker: Worker, { free, died }: Listeners): Thread {
  const jobs: Job[] = []
  let started = false
  let cause: unknown
  worker.on('message', (message: typeof READY | CheckedSlice) => {
    if (message === READY) started = true
    else jobs.shift()?.resolve(message)
    free()
  })
  worker.on('error', (error) => {
    cause = error
  })
  worker.on('exit', (exitCode) => {
    died({ cause, exitCode, started })
  })
  return {
    load: () => (started ? jobs.length : undefined),
    give: (job) => {
      jobs.push(job)
      const message = pack(job.transactions)
      worker.postMessage(message, [message.bytes.buffer, message.lengths.buffer])
    },
    unfinished: () => jobs,
    stop: () => worker.terminate(),
  }
}
