import { GuardError } from '../lib/errors.ts'
import type { PauseStore } from '../store/pause.ts'
import type { World } from '../tasks/task.ts'

/** `since`: when a person paused it, in milliseconds of the system's clock. */
export type GateState = { state: 'open' } | { state: 'paused'; since: number } | { state: 'draining' }

/**
 * What stands before every answer. A pause outlives restarts, a drain does not. What has passed goes on to its end, and
 * its transactions are followed and replaced as ever: who has a nonce keeps it, so no pause leaves a gap.
 */
export type Gate = {
  /** @throws {@link ClosedGateError} while closed. */
  submit: World['submit']
  state: () => GateState
  /** How many answers that have passed have not ended. */
  underWay: () => number
  pause: () => void
  drain: () => void
  /** Ends a pause and a drain alike. */
  resume: () => void
}

type Parts = { submit: World['submit']; paused: PauseStore; now: () => number }

export function createGate({ submit, paused, now }: Parts): Gate {
  let draining = false
  let passed = 0
  const state = (): GateState => {
    if (draining) return { state: 'draining' }
    const since = paused.since()
    return since === undefined ? { state: 'open' } : { state: 'paused', since }
  }
  return {
    state,
    underWay: () => passed,
    submit: async (intent) => {
      const now = state()
      if (now.state !== 'open') throw new ClosedGateError(now.state, intent.purpose)
      passed++
      try {
        return await submit(intent)
      } finally {
        passed--
      }
    },
    pause: () => {
      paused.set(now())
    },
    drain: () => {
      draining = true
    },
    resume: () => {
      draining = false
      paused.clear()
    },
  }
}

/** A person has said that nothing new is to begin. The same answer is asked for again when he lets it. */
class ClosedGateError extends GuardError {
  override readonly code = 'GATE_CLOSED'
  override readonly retryable = true

  constructor(state: 'paused' | 'draining', purpose: string) {
    super(`The guard is ${state}, so ${purpose} has to wait.`, { state, purpose })
  }
}
