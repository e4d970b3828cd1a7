import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Alarm } from '../../src/lib/alarm.ts'
import type { Channel } from '../../src/notify/channel.ts'
import { openDatabase, type Database } from '../../src/store/database.ts'
import { blind, bond } from './messages.ts'
import { createClock, receiver, startNotifier, type Clock } from './stage.ts'

let directory = ''
let database: Database
let runs: ReturnType<typeof startNotifier>[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'outbox-'))
  database = openDatabase(directory)
})
afterEach(async () => {
  await Promise.all(runs.map(({ end }) => end()))
  runs = []
  database.close()
  rmSync(directory, { recursive: true })
})

function start(channels: readonly Channel[], clock: Clock) {
  const run = startNotifier(database, channels, clock)
  runs.push(run)
  return run
}

async function restart(channels: readonly Channel[], clock: Clock) {
  await Promise.all(runs.map(({ end }) => end()))
  database.close()
  database = openDatabase(directory)
  return start(channels, clock)
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const burst = (count: number): Alarm[] =>
  Array.from({ length: count }, (_, n) => ({ ...bond, subject: `bond ${n}`, message: `Bond ${n}.` }))
const titles = ({ heard }: { heard: readonly { title: string }[] }) => heard.map(({ title }) => title)

describe('people', () => {
  test('are told each matter once, however often it is raised, and also after a restart', async () => {
    const clock = createClock()
    const chat = receiver('chat', clock)
    const first = start([chat], clock)
    await first.raise(blind, blind)
    await first.deliver(MINUTE)
    await first.raise(blind)
    await first.deliver(MINUTE)
    const second = await restart([chat], clock)
    await second.raise(blind)
    await second.deliver(MINUTE)
    expect(titles(chat)).toEqual([`Plasma Guard, critical: ${blind.message}`])
  })

  test('hear the all-clear, and the alarm again when it comes back', async () => {
    const clock = createClock()
    const chat = receiver('chat', clock)
    const { raise, lower, deliver } = start([chat], clock)
    await raise(blind)
    await deliver(MINUTE)
    await lower(blind)
    await lower(blind)
    await deliver(MINUTE)
    await raise(blind)
    await deliver(MINUTE)
    expect(chat.heard.map(({ state }) => state)).toEqual(['raised', 'over', 'raised'])
  })

  test('hear of what came and went unheard once, as over; of what never was, nothing', async () => {
    const clock = createClock()
    const chat = receiver('chat', clock)
    const { raise, lower, deliver } = start([chat], clock)
    await raise(blind)
    await lower(blind)
    await lower(bond)
    await deliver(MINUTE)
    expect(titles(chat)).toEqual([`Plasma Guard, over: ${blind.message}`])
  })

  test('who sleep at night hear of what is critical only, all-clear included', async () => {
    const clock = createClock()
    const [pager, chat] = [receiver('pager', { ...clock, levels: ['critical'] }), receiver('chat', clock)]
    const { raise, lower, deliver } = start([pager, chat], clock)
    await raise(bond, blind)
    await lower(bond)
    await lower(blind)
    await deliver(MINUTE)
    expect(titles(pager)).toEqual([`Plasma Guard, over: ${blind.message}`])
    expect(chat.heard).toHaveLength(2)
  })

  test('hear the gravest first', async () => {
    const clock = createClock()
    const chat = receiver('chat', clock)
    const { raise, deliver } = start([chat], clock)
    await raise(bond, blind)
    await deliver(MINUTE)
    expect(chat.heard.map(({ kind }) => kind)).toEqual(['blind', 'bond_updated'])
  })

  test('are told a burst in five calls a minute, the last of which sums up the rest', async () => {
    const clock = createClock()
    const chat = receiver('chat', clock)
    const { raise, deliver } = start([chat], clock)
    await raise(...burst(42))
    await deliver(MINUTE / 2)
    expect(chat.heard).toHaveLength(5)
    expect(titles(chat).at(-1)).toBe('Plasma Guard, info: Bond 4. And 37 more.')
    await raise(...burst(45))
    await deliver(MINUTE / 4)
    expect(chat.heard).toHaveLength(5)
    await deliver(MINUTE)
    expect(titles(chat).slice(5)).toEqual([42, 43, 44].map((n) => `Plasma Guard, info: Bond ${n}.`))
  })
})

describe('a channel that fails', () => {
  test('is tried again, at first soon, then less and less often, and hears it in the end', async () => {
    const clock = createClock()
    const chat = receiver('chat', {
      ...clock,
      does: (nth) => (nth < 6 ? { ok: false, why: 'status 500' } : { ok: true }),
    })
    const { raise, deliver, warnings, results } = start([chat], clock)
    await raise(blind)
    await deliver(5 * MINUTE)
    const pauses = chat.tries.slice(1).map((at, n) => at - (chat.tries[n] ?? 0))
    expect(pauses).toHaveLength(5)
    for (const [n, pause] of pauses.slice(0, 4).entries()) {
      expect(pause).toBeGreaterThanOrEqual(2_000 * 2 ** n)
      expect(pause).toBeLessThanOrEqual(2_000 * 2 ** n + 1_000)
    }
    expect(chat.heard).toHaveLength(1)
    expect(warnings).toHaveLength(5)
    expect(results).toEqual([...Array.from({ length: 5 }, () => 'chat false'), 'chat true'])
  })

  test('is tried on after a restart, no sooner than it was to be', async () => {
    const clock = createClock()
    const deaf = receiver('chat', { ...clock, does: () => ({ ok: false, why: 'status 500' }) })
    const first = start([deaf], clock)
    await first.raise(blind)
    await first.deliver(3 * MINUTE)
    const last = deaf.tries.at(-1) ?? 0
    const lastPause = last - (deaf.tries.at(-2) ?? 0)
    const chat = receiver('chat', clock)
    const second = await restart([chat], clock)
    await second.deliver(5 * MINUTE)
    expect(titles(chat)).toEqual([`Plasma Guard, critical: ${blind.message}`])
    expect((chat.tries[0] ?? 0) - last).toBeGreaterThan(lastPause)
  })

  test('hears once that all is clear, when it was deaf in between', async () => {
    const clock = createClock()
    let deaf = true
    const chat = receiver('chat', { ...clock, does: () => (deaf ? { ok: false, why: 'status 500' } : { ok: true }) })
    const { raise, lower, deliver } = start([chat], clock)
    await raise(blind)
    await deliver(MINUTE)
    await lower(blind)
    deaf = false
    await deliver(10 * MINUTE)
    expect(chat.heard.map(({ state }) => state)).toEqual(['over'])
  })

  test('for a day is given up, which the log says as an error', async () => {
    const clock = createClock()
    const chat = receiver('chat', { ...clock, does: () => ({ ok: false, why: 'status 410' }) })
    const { raise, deliver, errors } = start([chat], clock)
    await raise(blind)
    await deliver(MINUTE)
    clock.jump(23 * HOUR)
    await deliver(10 * MINUTE)
    expect(errors).toEqual([])
    clock.jump(HOUR)
    await deliver(6 * MINUTE)
    expect(errors).toMatchObject([{ channel: 'chat', matter: 'blind:watcher' }])
    const { length } = chat.tries
    await deliver(10 * MINUTE)
    expect(chat.tries).toHaveLength(length)
  })

  test('does not hold up another that hangs for ever, nor that one it', async () => {
    const clock = createClock()
    const stop = new AbortController()
    const hanging = receiver('hangs', {
      ...clock,
      does: () =>
        new Promise((resolve) => {
          stop.signal.addEventListener('abort', () => {
            resolve({ ok: false, why: '' })
          })
        }),
    })
    const chat = receiver('chat', clock)
    const { raise, deliver } = start([hanging, chat], clock)
    await raise(blind)
    await deliver(MINUTE)
    expect(chat.heard).toHaveLength(1)
    expect(hanging.tries).toHaveLength(1)
    stop.abort()
  })

  test('and is in the configuration no more is forgotten', async () => {
    const clock = createClock()
    const old = receiver('old', { ...clock, does: () => ({ ok: false, why: 'status 404' }) })
    const first = start([old], clock)
    await first.raise(blind)
    const chat = receiver('chat', clock)
    await (await restart([chat], clock)).deliver(MINUTE)
    const again = receiver('old', clock)
    await (await restart([again], clock)).deliver(MINUTE)
    expect([chat.heard, again.heard]).toEqual([[], []])
  })
})

test('an outbox that cannot be written ends nothing, and is told', async () => {
  const clock = createClock()
  const chat = receiver('chat', clock)
  const { deliver, errors } = start([chat], clock)
  database.exec('drop table outbox')
  await deliver(2_000)
  expect(errors.length).toBeGreaterThan(0)
})
