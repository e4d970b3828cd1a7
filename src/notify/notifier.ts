import type { Alarm, Matter } from '../lib/alarm.ts'
import type { Channel } from './channel.ts'
import { carry, type CourierPorts } from './courier.ts'
import { matterOf, overMessage, raisedMessage, type Message } from './message.ts'
import type { Outbox } from './outbox.ts'

export type Notifier = {
  /** Queues an alarm for every channel that wants its level and was not told of it. Waits for no receiver. */
  raised: (alarm: Alarm) => Promise<void>
  /** Queues the all-clear for every channel that heard, or was to hear, of it. */
  lowered: (matter: Matter) => Promise<void>
  /** Delivers until `signal` aborts. Never rejects: nothing that befalls a notification may end the guard. */
  run: (signal: AbortSignal) => Promise<void>
}

/** Tells people of alarms, each channel by itself; what it could not say before it ended it says after its next start. */
export function createNotifier(ports: CourierPorts & { outbox: Outbox }, channels: readonly Channel[]): Notifier {
  const { outbox, now, log } = ports
  const put = (channel: string, matter: string, message: Message) =>
    outbox.put({ channel, matter, message, attempts: 0, queuedAt: now(), nextAt: now() })
  return {
    raised: async (alarm) => {
      const matter = matterOf(alarm)
      for (const { name, levels } of channels) {
        if (!levels.has(alarm.level)) continue
        const before = await outbox.find(name, matter)
        if (before?.state !== 'raised') await put(name, matter, raisedMessage(alarm, now()))
      }
    },
    lowered: async (ended) => {
      const matter = matterOf(ended)
      for (const { name } of channels) {
        const before = await outbox.find(name, matter)
        if (before?.state === 'raised') await put(name, matter, overMessage(before, now()))
      }
    },
    run: async (signal) => {
      try {
        await outbox.keepOnly(channels.map(({ name }) => name))
      } catch (error) {
        log.error({ err: error }, 'outbox could not be tidied')
      }
      await Promise.all(channels.map((channel) => carry(ports, channel, signal)))
    },
  }
}
