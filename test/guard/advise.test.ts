import { describe, expect, test } from '@jest/globals'
import { createAdvising } from '../../src/guard/advise.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Outcome } from '../../src/lib/outcome.ts'
import type { Address, Timestamp, Wei } from '../../src/plasma/units.ts'
import type { Intent } from '../../src/tasks/task.ts'
import type { Trial } from '../../src/tx/chain-access.ts'
import { exitGame } from '../support/world.ts'

const responder = `0x${'6a'.repeat(20)}` as Address
const owner = `0x${'0b'.repeat(20)}` as Address
const piggyback: Intent = {
  key: 'piggyback:7',
  purpose: 'piggybackInFlightExitOnInput',
  to: exitGame,
  data: '0x1234',
  value: 28n as Wei,
  from: owner,
  deadline: 2_000n as Timestamp,
  settled: async () => undefined,
}

function advisor(trial: Trial) {
  const advised: Record<string, unknown>[] = []
  const tried: unknown[] = []
  const log = { ...silentLogger, info: (facts: Record<string, unknown>) => void advised.push(facts) }
  const price = { baseFee: 7n as Wei, tip: 3n as Wei, urgentTip: 3n as Wei, rising: false }
  const head = { number: 1n, timestamp: 1n as Timestamp, ...price }
  const chain = {
    head: async () => head,
    tryCall: async (call: unknown) => {
      tried.push(call)
      return trial
    },
  }
  return { submit: createAdvising({ chain, responder }, log), advised, tried }
}

describe('advice', () => {
  test('names everything that somebody needs who signs elsewhere', async () => {
    const { submit, advised, tried } = advisor({ ok: true, gas: 350_000n })
    expect(await submit(piggyback)).toMatchObject({ outcome: 'refused' })
    const call = { from: owner, to: exitGame, data: '0x1234', value: 28n }
    expect(tried).toEqual([call])
    expect(advised).toEqual([
      {
        ...call,
        key: 'piggyback:7',
        purpose: 'piggybackInFlightExitOnInput',
        deadline: 2_000n,
        lacking: false,
        gas: 350_000n,
        cost: 3_500_000n,
      },
    ])
  })

  test('comes from the account that challenges where no other is asked for', async () => {
    const { submit, advised } = advisor({ ok: true, gas: 1n })
    const { from: _, ...challenge } = piggyback
    await submit(challenge)
    expect(advised).toMatchObject([{ from: responder }])
  })

  test('says so when the account could not pay', async () => {
    const { submit, advised } = advisor({ ok: false, why: 'insufficient_funds' })
    await submit(piggyback)
    expect(advised).toMatchObject([{ lacking: true, purpose: piggyback.purpose }])
  })

  test('is not given of what is settled, nor of what the contract would refuse', async () => {
    const done: Outcome = { outcome: 'done_by_other', reason: 'the exit is challenged' }
    const settled = advisor({ ok: true, gas: 1n })
    expect(await settled.submit({ ...piggyback, settled: async () => done })).toEqual(done)
    expect(settled.tried).toEqual([])
    const refused = advisor({ ok: false, why: 'reverted', reason: 'no such exit' })
    expect(await refused.submit(piggyback)).toMatchObject({ outcome: 'impossible' })
    expect([...settled.advised, ...refused.advised]).toEqual([])
  })
})
