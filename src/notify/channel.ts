import type { AlarmLevel } from '../lib/alarm.ts'
import type { Message } from './message.ts'

/** How one try went. `why` never holds more of an address than its host. */
export type Delivery = { ok: true } | { ok: false; why: string }

/** A way to people. */
export type Channel = {
  /** The same after a restart with the same configuration; printable. */
  name: string
  levels: ReadonlySet<AlarmLevel>
  /** Tries once, and gives up after a while or when `signal` aborts. Never rejects. */
  send: (message: Message, signal: AbortSignal) => Promise<Delivery>
}

/** How long one try may take. */
export const PATIENCE_MS = 10_000
