import { GuardError } from './errors.ts'
import type { Logger } from './logger.ts'
import { sleep } from './sleep.ts'

const LONGEST_PAUSE_MS = 15_000

/**
 * Asks until there is an answer: for what a program needs from a peer that may start after it. Undefined when `signal`
 * aborts first.
 *
 * @throws what no repetition changes.
 */
export async function patiently<Value>(
  ask: () => Promise<Value>,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<Value | undefined> {
  for (let pause = 500; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof GuardError && error.retryable)) throw error
      log.warn({ err: error, retryInMs: pause }, 'no answer yet, will retry')
    }
    await sleep(pause, signal)
  }
  return undefined
}
