import { describe, expect, test } from '@jest/globals'
import { createAlarms, type People } from '../../src/events/alarm.ts'
import type { GuardEvent } from '../../src/events/event.ts'
import { mustStay } from '../../src/events/leaving.ts'
import { paidThefts } from '../../src/events/paid-theft.ts'
import type { Alarm } from '../../src/lib/alarm.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { hashOf, invalidExit } from '../support/conditions.ts'
import { memoryJournal } from '../support/journal.ts'

const blind: Alarm = { kind: 'blind', subject: 'watcher', message: 'The Watcher does not see.', level: 'critical' }

function someAlarms({
  journal = memoryJournal(),
  emit = async () => {},
  people = { raised: async () => {}, lowered: async () => {} },
}: { journal?: ReturnType<typeof memoryJournal>; emit?: (event: GuardEvent) => Promise<void>; people?: People } = {}) {
  const emitted: GuardEvent[] = []
  const errors: object[] = []
  const alarms = createAlarms({
    journal,
    emit: async (event) => {
      emitted.push(event)
      await emit(event)
    },
    people,
    log: { ...silentLogger, error: (facts) => errors.push(facts) },
  })
  return { ...alarms, journal, emitted, errors, attempts: () => emitted.map(({ data }) => data['attempt']) }
}

describe('An alarm', () => {
  test('is emitted as mesg.yml describes it, and logged as an error', async () => {
    const { raise, emitted, errors } = someAlarms()
    await raise({ ...blind, exitId: 7n, blknum: 1000n, occurrence: `${hashOf('e')}:0` })
    expect(emitted).toEqual([
      {
        key: 'alarm',
        data: {
          kind: 'blind',
          message: 'The Watcher does not see.',
          level: 'critical',
          exit_id: '7',
          blknum: '1000',
          occurrence: `${hashOf('e')}:0`,
          attempt: 1,
        },
      },
    ])
    expect(errors).toMatchObject([{ kind: 'blind', subject: 'watcher' }])
  })

  test('is said once for each matter, also when it is raised many times at once', async () => {
    const { raise, emitted, errors } = someAlarms()
    await Promise.all([raise(blind), raise(blind), raise({ ...blind, message: 'In other words.' })])
    await raise({ ...blind, subject: 'another Watcher' })
    expect(emitted).toHaveLength(2)
    expect(errors).toHaveLength(2)
  })

  test('is not emitted again after a restart, but logged: whoever starts the guard shall know', async () => {
    const { journal, raise } = someAlarms()
    await raise(blind)
    const restarted = someAlarms({ journal })
    await restarted.raise(blind)
    expect(restarted.emitted).toEqual([])
    expect(restarted.errors).toHaveLength(1)
  })

  test('that was over and comes back is emitted again, and told from the first', async () => {
    const { raise, lower, attempts } = someAlarms()
    await raise(blind)
    await lower(blind)
    await lower(blind)
    await raise(blind)
    await raise(blind)
    expect(attempts()).toEqual([1, 2])
  })

  test('that was never raised can be lowered', async () => {
    const { lower, journal } = someAlarms()
    await lower(blind)
    expect(journal.kept.size).toBe(0)
  })

  test('neither waits for the processes nor fails with them', async () => {
    const { raise, emitted } = someAlarms({ emit: () => new Promise(() => {}) })
    await raise(blind)
    const failing = someAlarms({ emit: () => Promise.reject(new Error('no engine')) })
    await failing.raise(blind)
    expect([emitted, failing.emitted].map(({ length }) => length)).toEqual([1, 1])
  })

  test('is told to people at each start of the program, and its end once', async () => {
    const told: string[] = []
    const people: People = {
      raised: async ({ kind }) => void told.push(`raised ${kind}`),
      lowered: async ({ kind }) => void told.push(`lowered ${kind}`),
    }
    const { journal, raise } = someAlarms({ people })
    await raise(blind)
    await raise(blind)
    const restarted = someAlarms({ journal, people })
    await restarted.raise(blind)
    await restarted.lower(blind)
    await restarted.lower(blind)
    expect(told).toEqual(['raised blind', 'raised blind', 'lowered blind'])
  })

  test('is emitted although people cannot be told, and its end is told again until it could', async () => {
    const broken = {
      raised: () => Promise.reject(new Error('disk full')),
      lowered: () => Promise.reject(new Error('x')),
    }
    const { raise, lower, emitted, journal } = someAlarms({ people: broken })
    await raise(blind)
    expect(emitted).toHaveLength(1)
    await lower(blind)
    const told: string[] = []
    const people: People = { raised: async () => {}, lowered: async ({ kind }) => void told.push(kind) }
    await someAlarms({ journal, people }).lower(blind)
    expect(told).toEqual(['blind'])
  })

  test('never stops the guard, even when it cannot be noted', async () => {
    const journal = { ...memoryJournal(), recall: () => Promise.reject(new Error('disk full')) }
    const { raise, errors } = someAlarms({ journal })
    await raise(blind)
    await raise({ ...blind, subject: 'another' })
    expect(errors).toHaveLength(2)
  })
})

describe('A guard that must not leave', () => {
  test('calls for a person for each reason to leave', () => {
    const block = { occurrence: { txHash: hashOf('e'), rank: 1 }, ethHeight: 5n, blknum: 3000n, hash: hashOf('b') }
    const alarms = mustStay(
      [invalidExit(), invalidExit({ type: 'unchallenged_exit' }), { type: 'invalid_block', errorType: 'x', ...block }],
      'its mode is defend',
    )
    expect(alarms).toMatchObject([
      {
        kind: 'cannot_leave',
        exitId: 7n,
        occurrence: `${hashOf('e')}:0`,
        message: expect.stringContaining('its mode is defend'),
      },
      { kind: 'cannot_leave', blknum: 3000n, level: 'critical' },
    ])
    expect(new Set(alarms.map(({ subject }) => subject)).size).toBe(2)
  })
})

test('A theft that was paid out is told, one that can still be challenged is not', () => {
  const paid = invalidExit({ settled: true })
  expect(paidThefts([invalidExit(), invalidExit({ type: 'unchallenged_exit' }), paid])).toMatchObject([
    { kind: 'invalid_finalization', level: 'critical', exitId: 7n, occurrence: `${hashOf('e')}:0` },
  ])
})
