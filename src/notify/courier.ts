import type { Logger } from '../lib/logger.ts'
import type { Channel, Delivery } from './channel.ts'
import { sumUp } from './message.ts'
import type { Outbox, Waiting } from './outbox.ts'
import { batchSize, retryAfter } from './pace.ts'

export type CourierPorts = {
  outbox: Pick<Outbox, 'waiting' | 'said' | 'postpone'>
  /** Milliseconds of wall time. */
  now: () => number
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  log: Logger
  /** Hears how each call went. */
  delivered: (channel: string, delivery: Delivery) => void
}

const LOOK_MS = 500

/** Carries what waits for one channel until `signal` aborts. A channel that hangs holds up nobody but itself. */
export async function carry(ports: CourierPorts, channel: Channel, signal: AbortSignal): Promise<void> {
  let calls: number[] = []
  while (!signal.aborted) {
    const now = ports.now()
    try {
      const waiting = await ports.outbox.waiting(channel.name, now)
      const [first, ...more] = waiting.slice(0, batchSize(waiting.length, calls, now))
      if (first) {
        calls = [...calls.slice(-9), now]
        await deliver(ports, channel, { batch: [first, ...more], signal })
        continue
      }
    } catch (error) {
      ports.log.error({ err: error, channel: channel.name }, 'outbox cannot be read or written')
    }
    await ports.sleep(LOOK_MS, signal)
  }
}

type Job = { batch: readonly [Waiting, ...Waiting[]]; signal: AbortSignal }

async function deliver(ports: CourierPorts, channel: Channel, { batch, signal }: Job): Promise<void> {
  const [first, ...more] = batch
  const delivery = await channel.send(sumUp([first.message, ...more.map(({ message }) => message)]), signal)
  // Whoever is told to stop has not failed; the next start goes on.
  if (signal.aborted && !delivery.ok) return
  ports.delivered(channel.name, delivery)
  const about = { channel: channel.name, matter: first.matter, messages: batch.length }
  if (delivery.ok) {
    await ports.outbox.said(batch.map(({ id }) => id))
    ports.log.info(about, 'notification delivered')
    return
  }
  ports.log.warn({ ...about, why: delivery.why, attempts: first.attempts + 1 }, 'notification not delivered')
  for (const each of batch) await tryLater(ports, each)
}

async function tryLater({ outbox, now, log }: CourierPorts, { id, ...entry }: Waiting): Promise<void> {
  const attempts = entry.attempts + 1
  const pause = retryAfter({ attempts, waitedMs: now() - entry.queuedAt })
  if (pause !== undefined) {
    await outbox.postpone(id, { attempts, nextAt: now() + pause })
    return
  }
  await outbox.said([id])
  log.error({ channel: entry.channel, matter: entry.matter, attempts }, 'notification given up')
}
