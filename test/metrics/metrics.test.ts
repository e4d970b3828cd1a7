import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { createMetrics, type Metrics } from '../../src/metrics/metrics.ts'
import type { Reading } from '../../src/metrics/reading.ts'

const nothing: Reading = { blind: {}, ready: false, paused: false }

/** Values by name and labels, as Prometheus reads them. */
async function read({ expose }: Metrics, reading: Reading): Promise<Map<string, number>> {
  const { body } = await expose(async () => reading)
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

const own = (values: Map<string, number>) => [...values].filter(([name]) => name.startsWith('plasma_guard_'))

describe('metrics', () => {
  test('count obligations by event and state, and tell how long the most urgent one has', async () => {
    const values = await read(createMetrics(), {
      ...nothing,
      obligations: [
        { event: 'invalid_exit', state: 'waiting', left: 500n },
        { event: 'invalid_exit', state: 'waiting', left: 90n },
        { event: 'invalid_exit', state: 'silent', left: 1n },
        { event: 'block_withholding', state: 'answering' },
      ],
    })
    expect(values.get('plasma_guard_obligations{event="invalid_exit",state="waiting"}')).toBe(2)
    expect(values.get('plasma_guard_obligations{event="invalid_exit",state="silent"}')).toBe(1)
    expect(values.get('plasma_guard_obligation_left_seconds')).toBe(90)
  })

  test('say of both chains how far the guard is behind', async () => {
    const values = await read(createMetrics(), {
      ...nothing,
      rootChain: { height: 120n, judged: 117n },
      childChain: { submitted: 9_000n, verified: 6_000n, byzantine: true },
    })
    expect(values.get('plasma_guard_root_chain_lag_blocks')).toBe(3)
    expect(values.get('plasma_guard_child_chain_lag_blocks')).toBe(3)
    expect(values.get('plasma_guard_child_chain_byzantine')).toBe(1)
  })

  test('say nothing of what is not known, also when it was known before', async () => {
    const metrics = createMetrics()
    const full: Reading = {
      ...{ blind: { watcher: true }, ready: true, paused: true, pending: 2, balances: { '0xab': 5n } },
      ...{ obligations: [{ event: 'invalid_exit', state: 'waiting', left: 5n }], storeBytes: { 'a.sqlite': 7 } },
      ...{ rootChain: { height: 5n, judged: 5n }, childChain: { submitted: 1_000n, byzantine: false } },
      bonds: { locked: 1n, won: 2n },
    }
    expect(own(await read(metrics, full)).length).toBeGreaterThan(15)
    expect(own(await read(metrics, nothing)).sort()).toEqual([
      ['plasma_guard_paused', 0],
      ['plasma_guard_ready', 0],
    ])
  })

  test('count what happens', async () => {
    const metrics = createMetrics()
    const { meter } = metrics
    meter.detected('invalid_exit', 20)
    meter.detected('invalid_exit', -3)
    meter.answered({ purpose: 'challengeStandardExit', outcome: 'done_by_us', seconds: 40 })
    meter.paid('challengeStandardExit', 21_000n)
    meter.paid('challengeStandardExit', 1_000n)
    meter.alarmed('blind', 'critical')
    meter.notified('mail host', { ok: false })
    const values = await read(metrics, nothing)
    expect(values.get('plasma_guard_detection_latency_seconds_bucket{le="15",event="invalid_exit"}')).toBe(1)
    expect(values.get('plasma_guard_detection_latency_seconds_bucket{le="30",event="invalid_exit"}')).toBe(2)
    expect(values.get('plasma_guard_answers_total{purpose="challengeStandardExit",outcome="done_by_us"}')).toBe(1)
    expect(values.get('plasma_guard_answer_latency_seconds_sum{purpose="challengeStandardExit"}')).toBe(40)
    expect(values.get('plasma_guard_transaction_fees_wei_total{purpose="challengeStandardExit"}')).toBe(22_000)
    expect(values.get('plasma_guard_alarms_total{kind="blind",level="critical"}')).toBe(1)
    expect(values.get('plasma_guard_notifications_total{channel="mail host",result="failed"}')).toBe(1)
  })

  test('of one guard are not those of another', async () => {
    createMetrics().meter.alarmed('blind', 'critical')
    expect([...(await read(createMetrics(), nothing)).keys()].join()).not.toContain('alarms_total{')
  })
})

describe('docs/metrics.md', () => {
  test('names every metric with its type, and none that is not there', async () => {
    const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
    const documented = [...page.matchAll(/^\| `([a-z0-9_]+)` +\| (\w+) +\|/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    )
    const { body } = await createMetrics().expose(async () => nothing)
    const there = [...body.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`)
    // Not every system tells all of a process.
    const expected = documented.filter((each) => each.startsWith('plasma_guard_') || there.includes(each))
    expect(there.toSorted()).toEqual(expected.toSorted())
    if (process.platform === 'linux') expect(documented.toSorted()).toEqual(there.toSorted())
  })

  test('tells units: every metric of the guard ends in one, or counts', async () => {
    const { body } = await createMetrics().expose(async () => nothing)
    const names = [...body.matchAll(/^# TYPE (plasma_guard_\S+) /gm)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(20)
    const states = ['obligations', 'blind', 'ready', 'paused', 'child_chain_byzantine', 'transactions_pending']
    for (const name of names) {
      if (states.some((state) => name === `plasma_guard_${state}`)) continue
      expect(name).toMatch(/_(seconds|wei|bytes|blocks|block|total)$/)
    }
  })
})
