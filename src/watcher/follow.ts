import type { Logger } from '../lib/logger.ts'

type Ports = {
  poll: (signal: AbortSignal) => Promise<void>
  /** Resolves after the time, or when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  log: Logger
}

/** In milliseconds. After a failure the pause doubles up to `longestMs`. */
export type Pace = { intervalMs: number; longestMs: number }

/** Polls until aborted, one poll at a time. A bad poll is logged and tried again later; it never ends the watch. */
export async function follow({ poll, sleep, log }: Ports, pace: Pace, signal: AbortSignal): Promise<void> {
  let pause = pace.intervalMs
  while (!signal.aborted) {
    try {
      await poll(signal)
      pause = pace.intervalMs
    } catch (error) {
      pause = Math.min(pause * 2, pace.longestMs)
      log.warn({ err: error, retryInMs: pause }, 'poll failed, will retry')
    }
    await sleep(pause, signal)
  }
}
