import { describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { createAlarms } from '../../src/events/alarm.ts'
import { gateRoutes } from '../../src/guard/gate-routes.ts'
import { createGate } from '../../src/guard/gate.ts'
import { createPauseAlarm } from '../../src/guard/pause-alarm.ts'
import { nobody } from '../support/alarms.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Outcome } from '../../src/lib/outcome.ts'
import type { Timestamp, Wei } from '../../src/plasma/units.ts'
import { createPauseStore } from '../../src/store/pause.ts'
import type { Intent } from '../../src/tasks/task.ts'
import { invalidExit } from '../support/conditions.ts'
import { memoryJournal } from '../support/journal.ts'
import { exitGame } from '../support/world.ts'

const DONE: Outcome = { outcome: 'done_by_us', reason: 'mined' }
const intent: Intent = {
  key: 'challenge:7',
  purpose: 'challengeStandardExit',
  to: exitGame,
  data: '0x',
  value: 0n as Wei,
  settled: async () => undefined,
}
const asked = (body?: unknown) => ({ query: {}, body })

function aHouse(database = new Sqlite(':memory:')) {
  const finish: ((outcome: Outcome) => void)[] = []
  const submit = () => new Promise<Outcome>((resolve) => finish.push(resolve))
  const gate = createGate({ submit, paused: createPauseStore(database), now: () => 1_600_000_000_000 })
  const emitted: Record<string, unknown>[] = []
  const emit = async ({ data }: { data: Record<string, unknown> }) => void emitted.push(data)
  const alarms = createAlarms({ journal: memoryJournal(), emit, people: nobody, log: silentLogger })
  const alarm = createPauseAlarm(gate, alarms)
  const looks: number[] = []
  const ended: number[] = []
  const stop = new AbortController()
  let waiting = 0
  const routes = gateRoutes({
    ...{ gate, alarm, log: silentLogger, signal: stop.signal },
    pending: async () => waiting,
    lookAgain: async () => void looks.push(1),
    end: (left) => void ended.push(left),
  })
  const call = (name: keyof typeof routes, body?: unknown) => {
    const route = routes[name]
    if (!route) throw new Error(`no route ${name}`)
    return route(asked(body))
  }
  const mined = (count: number) => (waiting = count)
  return { gate, alarm, call, finish, emitted, looks, ended, stop, database, mined }
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('a pause', () => {
  test('refuses what comes, so that it is asked for again, and lets go on what is under way', async () => {
    const { gate, call, finish } = aHouse()
    const before = gate.submit(intent)
    expect(await call('POST /pause')).toMatchObject({ state: 'paused', under_way: 1 })
    await expect(gate.submit(intent)).rejects.toMatchObject({ code: 'GATE_CLOSED', retryable: true })
    finish[0]?.(DONE)
    expect(await before).toEqual(DONE)
    expect(await call('GET /gate')).toEqual({ state: 'paused', since: '2020-09-13T12:26:40.000Z', under_way: 0 })
  })

  test('outlives a restart, and is the same when it is asked for twice', async () => {
    const { call, database } = aHouse()
    await call('POST /pause')
    await call('POST /pause')
    const next = aHouse(database)
    await expect(next.gate.submit(intent)).rejects.toMatchObject({ code: 'GATE_CLOSED' })
    expect(await next.call('POST /resume')).toMatchObject({ state: 'open' })
    expect(await aHouse(database).call('GET /gate')).toMatchObject({ state: 'open' })
  })

  test('ends with a look at everything', async () => {
    const { call, gate, looks, finish } = aHouse()
    await call('POST /pause')
    expect(looks).toEqual([])
    await call('POST /resume')
    expect(looks).toEqual([1])
    const answer = gate.submit(intent)
    finish[0]?.(DONE)
    expect(await answer).toEqual(DONE)
  })

  test('is an alarm that names what runs out first, said again when that changes, and over with the pause', async () => {
    const { alarm, call, emitted } = aHouse()
    await alarm.see([invalidExit({ deadline: 1_700_000_000n as Timestamp })])
    expect(emitted).toEqual([])
    await call('POST /pause')
    await alarm.see([invalidExit({ deadline: 1_700_000_000n as Timestamp })])
    await alarm.see([
      invalidExit({ deadline: 1_700_000_000n as Timestamp }),
      invalidExit({ exitId: 8n, deadline: 1_650_000_000n as Timestamp }),
    ])
    await call('POST /resume')
    await alarm.see([])
    const messages = emitted.map(({ message }) => String(message))
    expect(messages).toHaveLength(2)
    expect(messages[0]).toContain('2023-11-14T22:13:20Z')
    expect(messages[1]).toContain('2022-04-15T05:20:00Z')
  })
})

describe('draining', () => {
  test('waits for answers and for transactions, begins nothing, and then ends the guard', async () => {
    const { gate, call, finish, ended, mined } = aHouse()
    const before = gate.submit(intent)
    mined(1)
    const drained = call('POST /drain')
    await expect(gate.submit(intent)).rejects.toMatchObject({ code: 'GATE_CLOSED' })
    finish[0]?.(DONE)
    await before
    await tick()
    expect(ended).toEqual([])
    mined(0)
    expect(await drained).toMatchObject({ state: 'draining', under_way: 0 })
    expect(ended).toEqual([0])
  })

  test('ends the guard when the time is over, and says what is left', async () => {
    const { gate, call, ended } = aHouse()
    void gate.submit(intent)
    expect(await call('POST /drain', { timeout_seconds: 0.01 })).toMatchObject({ under_way: 1 })
    expect(ended).toEqual([1])
  })

  test('is taken back by a resume, and the guard goes on', async () => {
    const { gate, call, ended } = aHouse()
    void gate.submit(intent)
    const drained = call('POST /drain')
    await call('POST /resume')
    expect(await drained).toMatchObject({ state: 'open', under_way: 1 })
    expect(ended).toEqual([])
  })

  test('does not end what is ending already', async () => {
    const { gate, call, ended, stop } = aHouse()
    void gate.submit(intent)
    const drained = call('POST /drain')
    stop.abort()
    await drained
    expect(ended).toEqual([])
  })

  test('does not outlive a restart: who starts a guard wants it to guard', async () => {
    const { call, database } = aHouse()
    await call('POST /drain')
    expect(aHouse(database).gate.state()).toEqual({ state: 'open' })
  })

  test.each([{ timeout_seconds: 0 }, { timeout_seconds: '5' }, { timeout: 5 }, [], 7])('refuses %j', async (body) => {
    const { call, gate, ended } = aHouse()
    await expect(call('POST /drain', body)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(gate.state()).toEqual({ state: 'open' })
    expect(ended).toEqual([])
  })
})
