import { Counter, Histogram, type Registry } from 'prom-client'
import type { AlarmKind, AlarmLevel } from '../lib/alarm.ts'

/** Who is told when something happens that is counted. No call ever throws or waits. */
export type Meter = {
  /** A condition is seen for the first time; chain seconds since it began. */
  detected: (event: string, seconds: number) => void
  /** An answer has ended; `seconds` since it was asked for. */
  answered: (answer: { purpose: string; outcome: string; seconds: number }) => void
  /** What one of our transactions has cost, in wei. */
  paid: (purpose: string, fee: bigint) => void
  alarmed: (kind: AlarmKind, level: AlarmLevel) => void
  notified: (channel: string, delivery: { ok: boolean }) => void
}

/** From a block of twelve seconds to a day. */
const LATENCIES = [1, 5, 15, 30, 60, 120, 300, 900, 3_600, 14_400, 86_400]

export function createMeter(register: Registry): Meter {
  const { detection, latency, answers, fees, alarms, notifications } = createInstruments([register])
  return {
    detected: (event, seconds) => {
      detection.observe({ event }, Math.max(0, seconds))
    },
    answered: ({ purpose, outcome, seconds }) => {
      answers.inc({ purpose, outcome })
      latency.observe({ purpose }, seconds)
    },
    paid: (purpose, fee) => {
      fees.inc({ purpose }, Number(fee))
    },
    alarmed: (kind, level) => {
      alarms.inc({ kind, level })
    },
    notified: (channel, { ok }) => {
      notifications.inc({ channel, result: ok ? 'delivered' : 'failed' })
    },
  }
}

function createInstruments(registers: Registry[]) {
  return {
    detection: new Histogram({
      name: 'plasma_guard_detection_latency_seconds',
      help: 'Chain time from when something began to go wrong to the block at which the guard saw it.',
      ...{ labelNames: ['event'] as const, buckets: LATENCIES, registers },
    }),
    latency: new Histogram({
      name: 'plasma_guard_answer_latency_seconds',
      help: 'Time from when an answer was asked for until it was mined, or ended otherwise.',
      ...{ labelNames: ['purpose'] as const, buckets: LATENCIES, registers },
    }),
    answers: new Counter({
      name: 'plasma_guard_answers_total',
      help: 'Answers that have ended, by what they do and how they ended.',
      ...{ labelNames: ['purpose', 'outcome'] as const, registers },
    }),
    fees: new Counter({
      name: 'plasma_guard_transaction_fees_wei_total',
      help: 'What mined answers have cost in fees.',
      ...{ labelNames: ['purpose'] as const, registers },
    }),
    alarms: new Counter({
      name: 'plasma_guard_alarms_total',
      help: 'Alarms raised since the guard started.',
      ...{ labelNames: ['kind', 'level'] as const, registers },
    }),
    notifications: new Counter({
      name: 'plasma_guard_notifications_total',
      help: 'Tries to tell people, by channel and result.',
      ...{ labelNames: ['channel', 'result'] as const, registers },
    }),
  }
}
