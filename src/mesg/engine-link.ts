import type { JsonObject } from '../engine/json.ts'
import type { Struct } from './struct.ts'

/** A call of a task, as an engine hands it out. */
export type Delivery = { hash: Uint8Array; taskKey: string; inputs?: Struct | null }

export type Ending = { outputs: JsonObject } | { error: string }

/** What both generations of engines have in common for a service. Every call may throw EngineCallError. */
export type EngineLink = {
  /**
   * Listens for executions until the engine goes away or `signal` aborts. `ready` is called when none will be missed
   * any more; those that were waiting before have been handed to `take` by then, where the engine tells.
   */
  attach: (listener: { ready: () => void; take: (delivery: Delivery) => void; signal: AbortSignal }) => Promise<void>
  /** Whether {@link EngineLink.attach} hands out what was waiting. */
  tellsWaiting: boolean
  report: (hash: Uint8Array, ending: Ending) => Promise<void>
  emit: (event: { key: string; data: JsonObject }) => Promise<void>
  close: () => void
}
