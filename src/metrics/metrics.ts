import { collectDefaultMetrics, Registry } from 'prom-client'
import { createMeter, type Meter } from './meter.ts'
import { createGauges, type Reading } from './reading.ts'

/** Everything that Prometheus is told, in a registry of its own. */
export type Metrics = {
  meter: Meter
  /** All metrics in the text format; `read` is asked how the guard stands. */
  expose: (read: () => Promise<Reading>) => Promise<{ type: string; body: string }>
}

export function createMetrics(): Metrics {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const set = createGauges(register)
  return {
    meter: createMeter(register),
    expose: async (read) => {
      set(await read())
      return { type: register.contentType, body: await register.metrics() }
    },
  }
}
