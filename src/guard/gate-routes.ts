import { z } from 'zod'
import { BadControlRequestError, type Asked, type ControlRoutes } from '../api/control-route.ts'
import type { Logger } from '../lib/logger.ts'
import { drained } from './drained.ts'
import type { Gate } from './gate.ts'
import type { PauseAlarm } from './pause-alarm.ts'

type Parts = {
  gate: Gate
  alarm: PauseAlarm
  /** How many transactions wait to be mined. */
  pending: () => Promise<number>
  /** Looks again at all that is true, whatever was tried just before. */
  lookAgain: () => Promise<void>
  /** Ends the daemon; `left`: what is under way then. */
  end: (left: number) => void
  log: Logger
  signal: AbortSignal
}

const drainBody = z.strictObject({ timeout_seconds: z.number().positive().max(1_000_000).optional() }).optional()

/** How a person stops the guard from answering, lets it go on, and ends it. */
export function gateRoutes({ gate, alarm, pending, lookAgain, end, log, signal }: Parts): ControlRoutes {
  const left = async () => Math.max(gate.underWay(), await pending())
  const told = async () => {
    const { state, ...rest } = gate.state()
    const deadline = alarm.nextDeadline()
    return {
      state,
      ...('since' in rest ? { since: new Date(rest.since).toISOString() } : {}),
      under_way: await left(),
      ...(deadline === undefined ? {} : { next_deadline: deadline }),
    }
  }
  return {
    'GET /gate': told,
    'POST /pause': async () => {
      gate.pause()
      log.warn({}, 'guard paused')
      await alarm.tell()
      return told()
    },
    'POST /resume': async () => {
      gate.resume()
      log.info({}, 'guard resumed')
      await alarm.tell()
      await lookAgain()
      return told()
    },
    'POST /drain': async (asked) => {
      const timeoutMs = timeoutOf(asked)
      gate.drain()
      log.info({ underWay: await left() }, 'guard drains')
      const drains = () => gate.state().state === 'draining'
      const remaining = await drained(async () => (drains() ? left() : 0), { timeoutMs, signal })
      if (drains() && !signal.aborted) end(remaining)
      return told()
    },
  }
}

function timeoutOf({ body }: Asked): number | undefined {
  const parsed = drainBody.safeParse(body)
  if (!parsed.success) throw new BadControlRequestError('timeout_seconds has to be a number above zero.')
  const seconds = parsed.data?.timeout_seconds
  return seconds === undefined ? undefined : seconds * 1_000
}
