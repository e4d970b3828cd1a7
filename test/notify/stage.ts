import { silentLogger } from '../../src/lib/logger.ts'
import type { Alarm, AlarmLevel } from '../../src/lib/alarm.ts'
import type { Channel, Delivery } from '../../src/notify/channel.ts'
import type { Message } from '../../src/notify/message.ts'
import { createNotifier } from '../../src/notify/notifier.ts'
import type { Database } from '../../src/store/database.ts'
import { createOutbox } from '../../src/store/outbox.ts'

/** A clock that stands still until a test lets time pass; then everybody wakes up in turn. */
export function createClock(start = Date.UTC(2026, 10, 22)) {
  let now = start
  const sleepers = new Set<{ at: number; wake: () => void }>()
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    now: () => now,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const sleeper = {
          at: now + ms,
          wake: () => {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', sleeper.wake)
            resolve()
          },
        }
        if (signal?.aborted) {
          resolve()
          return
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake, { once: true })
      }),
    pass: async (ms: number) => {
      const end = now + ms
      await settle()
      for (;;) {
        const [next] = [...sleepers].sort((a, b) => a.at - b.at)
        if (!next || next.at > end) break
        now = Math.max(now, next.at)
        next.wake()
        await settle()
      }
      now = end
    },
    /** Nobody wakes up meanwhile, as when a machine sleeps. */
    jump: (ms: number) => {
      now += ms
    },
  }
}

export type Clock = ReturnType<typeof createClock>

export type Receiver = Channel & { heard: Message[]; tries: number[] }

/** A channel that hears, and does with each try what it is told to. */
export function receiver(
  name: string,
  {
    now,
    levels = ['info', 'warning', 'critical'],
    does = () => ({ ok: true }),
  }: {
    now: () => number
    levels?: readonly AlarmLevel[]
    does?: (nth: number) => Delivery | Promise<Delivery>
  },
): Receiver {
  const heard: Message[] = []
  const tries: number[] = []
  return {
    ...{ name, heard, tries },
    levels: new Set(levels),
    send: async (message) => {
      tries.push(now())
      const delivery = await does(tries.length)
      if (delivery.ok) heard.push(message)
      return delivery
    },
  }
}

/** A notifier as one run of the program has it. */
export function startNotifier(database: Database, channels: readonly Channel[], clock: Clock) {
  const errors: object[] = []
  const warnings: object[] = []
  const log = {
    ...silentLogger,
    error: (facts: object) => errors.push(facts),
    warn: (facts: object) => warnings.push(facts),
  }
  const { now, sleep } = clock
  const results: string[] = []
  const delivered = (channel: string, { ok }: Delivery) => results.push(`${channel} ${ok}`)
  const notifier = createNotifier({ outbox: createOutbox(database), now, sleep, log, delivered }, channels)
  const stop = new AbortController()
  let running: Promise<void> | undefined
  return {
    ...{ errors, warnings, results },
    raise: async (...alarms: Alarm[]) => {
      for (const alarm of alarms) await notifier.raised(alarm)
    },
    lower: notifier.lowered,
    /** Lets it deliver for so long. */
    deliver: async (ms: number) => {
      running ??= notifier.run(stop.signal)
      await clock.pass(ms)
    },
    end: async () => {
      stop.abort()
      await running
    },
  }
}
