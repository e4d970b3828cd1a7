import type { Message } from './message.ts'

/** What was last said of a matter on a channel, or is waiting to be said there. */
type Entry = {
  channel: string
  /** Kind and subject. */
  matter: string
  message: Message
  /** Failed tries so far. */
  attempts: number
  /** Milliseconds of wall time: since when it waits, and when to try next. */
  queuedAt: number
  nextAt: number
}

/** An entry that waits. Another word on the same matter takes its place under another id. */
export type Waiting = Entry & { id: number }

/** The durable memory of what people were told. One entry for each channel and matter. */
export type Outbox = {
  /** The word on a matter that was said, or waits to be. */
  find: (channel: string, matter: string) => Promise<Message | undefined>
  /** Takes the place of whatever was said before. */
  put: (entry: Entry) => Promise<void>
  /** The gravest first, then the oldest; those only whose time has come. */
  waiting: (channel: string, now: number) => Promise<readonly Waiting[]>
  /** It was said: an all-clear is forgotten, an alarm stays until it is over. No-op for an id that is gone. */
  said: (ids: readonly number[]) => Promise<void>
  postpone: (id: number, next: Pick<Entry, 'attempts' | 'nextAt'>) => Promise<void>
  /** Forgets every channel that is not named. */
  keepOnly: (channels: readonly string[]) => Promise<void>
}
