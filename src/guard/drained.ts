import { sleep } from '../lib/sleep.ts'

const LOOK_MS = 200

/**
 * Waits until nothing is under way any more, `timeoutMs` have passed, or `signal` aborts.
 *
 * @returns what is left then.
 */
export async function drained(
  left: () => Promise<number>,
  { timeoutMs, signal }: { timeoutMs: number | undefined; signal: AbortSignal },
): Promise<number> {
  const end = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs
  for (;;) {
    const now = await left()
    if (now === 0 || performance.now() >= end || signal.aborted) return now
    await sleep(LOOK_MS, signal)
  }
}
