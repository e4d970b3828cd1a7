import { describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import type { Address, Timestamp, Wei } from '../../src/plasma/units.ts'
import { createIntentStore } from '../../src/store/intents.ts'
import type { IntentRecord, PendingRecord } from '../../src/tx/intent.ts'

const record: PendingRecord = {
  key: '0xgame:challengeStandardExit:7',
  purpose: 'challengeStandardExit',
  account: `0x${'a'.repeat(40)}` as Address,
  to: `0x${'b'.repeat(40)}` as Address,
  data: '0x1234',
  value: 0n as Wei,
  nonce: 3,
  gas: 300_000n,
  versions: [
    {
      txHash: '0x01',
      raw: '0x02',
      maxFeePerGas: 10n as Wei,
      maxPriorityFeePerGas: 1n as Wei,
      signedAt: 100n,
    },
  ],
  createdAt: 1_600_000_000n as Timestamp,
  updatedAt: 1_600_000_012n as Timestamp,
  state: 'pending',
  accepted: false,
}

describe('The journal of intents', () => {
  test('gives back what it was given, of any size', async () => {
    const amount = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map((value) => value as Wei)
    const versions = fc.array(
      fc.record({
        maxFeePerGas: amount,
        maxPriorityFeePerGas: amount,
        signedAt: fc.bigInt({ min: 0n, max: 2n ** 63n }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    await fc.assert(
      fc.asyncProperty(amount, versions, fc.boolean(), async (value, all, accepted) => {
        const store = createIntentStore(new Sqlite(':memory:'))
        const version = { txHash: '0x01', raw: '0x02' } as const
        const given = { ...record, value, accepted, versions: all.map((each) => ({ ...version, ...each })) }
        await store.put(given)
        expect(await store.get(record.key)).toEqual(given)
        expect(await store.pending()).toEqual([given])
      }),
      { numRuns: 20 },
    )
  })

  test('keeps the end, with or without an outcome, and then it is no longer pending', async () => {
    const store = createIntentStore(new Sqlite(':memory:'))
    const { accepted, ...sent } = record
    expect(accepted).toBe(false)
    const ended: IntentRecord = { ...sent, state: 'ended' }
    await store.put(record)
    await store.put(ended)
    expect(await store.get(record.key)).toEqual(ended)
    const done: IntentRecord = { ...ended, outcome: { outcome: 'done_by_us', reason: 'mined', txHash: '0x01' } }
    await store.put(done)
    expect(await store.get(record.key)).toEqual(done)
    expect(await store.pending()).toEqual([])
  })

  test('survives the end of the program: another connection finds it', async () => {
    const database = new Sqlite(':memory:')
    await createIntentStore(database).put(record)
    expect(await createIntentStore(database).pending()).toEqual([record])
  })

  test('refuses a second pending transaction of one nonce: it would never be mined', async () => {
    const store = createIntentStore(new Sqlite(':memory:'))
    await store.put(record)
    const rival = async () => store.put({ ...record, key: 'other' })
    await expect(rival()).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_UNIQUE' })
    await store.remove(record.key)
    await store.put({ ...record, key: 'other' })
    expect(await store.get(record.key)).toBeUndefined()
  })
})
