import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address, Timestamp, Wei } from '../../src/plasma/units.ts'
import { readAudit } from '../../src/store/audit.ts'
import { openDatabase } from '../../src/store/database.ts'
import { createIntentStore } from '../../src/store/intents.ts'
import type { IntentRecord, Version } from '../../src/tx/intent.ts'

const account = `0x${'a'.repeat(40)}` as Address
const slot = { account, nonce: 3, gas: 300_000n }
const record: IntentRecord = {
  key: '0xgame:challengeStandardExit:7',
  purpose: 'challengeStandardExit',
  to: `0x${'b'.repeat(40)}` as Address,
  data: '0x1234',
  value: 0n as Wei,
  state: 'signed',
  slot,
  reverts: 0,
  createdAt: 1_600_000_000n as Timestamp,
  updatedAt: 1_600_000_012n as Timestamp,
}
const version: Version = {
  ...{ key: record.key, account, nonce: 3, txHash: '0x01', raw: '0x02' },
  ...{ maxFeePerGas: 10n as Wei, maxPriorityFeePerGas: 1n as Wei, signedAt: 100n },
}
const note = { at: 5n, subject: record.key, what: 'signed', reason: 'because' }

describe('The journal of intents', () => {
  test('gives back what it was given, of any size', async () => {
    const amount = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map((value) => value as Wei)
    const at = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map((value) => value as Timestamp)
    const given = fc.record(
      {
        value: amount,
        gas: amount,
        reverts: fc.nat(),
        deadline: at,
        stake: amount,
        own: fc.boolean(),
        from: fc.constant(account),
        mined: fc.record({
          txHash: fc.constant('0x01' as const),
          status: fc.constantFrom('success' as const, 'reverted' as const),
          blockNumber: amount,
          fee: amount,
          at,
        }),
        outcome: fc.constant({ outcome: 'done_by_us' as const, reason: 'mined "so"', txHash: '0x01' as const }),
      },
      { requiredKeys: ['value', 'gas', 'reverts'] },
    )
    await fc.assert(
      fc.asyncProperty(given, amount, async ({ gas, ...rest }, fee) => {
        const store = createIntentStore(new Sqlite(':memory:'))
        const whole = { ...record, ...rest, slot: { ...slot, gas } }
        const signed = { ...version, maxFeePerGas: fee, signedAt: fee }
        await store.commit([{ record: whole, version: signed }])
        expect(await store.get(record.key)).toEqual(whole)
        expect(await store.open()).toEqual([whole])
        expect(await store.versions(slot)).toEqual([signed])
      }),
      { numRuns: 40 },
    )
  })

  test('keeps all of a change or nothing: a nonce has one holder', async () => {
    const database = new Sqlite(':memory:')
    const store = createIntentStore(database)
    await store.commit([{ record, version, note }])
    const rival = { ...record, key: 'rival' }
    const yielded: IntentRecord = { ...record, state: 'planned' }
    const unfair = [
      { record: { ...record, key: 'third', slot: { ...slot, nonce: 4 } }, note },
      { record: rival, version: { ...version, key: 'rival', txHash: '0x03' as const }, note },
    ]
    await expect(store.commit(unfair)).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_UNIQUE' })
    expect(await store.get('third')).toBeUndefined()
    expect([...readAudit(database)]).toEqual([note])
    await store.commit([{ record: yielded }, { record: rival }])
    expect(await store.open()).toEqual([yielded, rival])
  })

  test('no longer lists what is over, and still knows it', async () => {
    const store = createIntentStore(new Sqlite(':memory:'))
    await store.commit([{ record }])
    const final: IntentRecord = { ...record, state: 'final' }
    await store.commit([{ record: final }])
    expect(await store.open()).toEqual([])
    expect(await store.get(record.key)).toEqual(final)
  })

  test('adds up what was spent and posted from a time on; what a reorganisation undid does not count', async () => {
    const store = createIntentStore(new Sqlite(':memory:'))
    const mined = (nonce: number, at: bigint, status: 'success' | 'reverted' = 'success'): IntentRecord => ({
      ...record,
      ...{ key: `k${nonce}`, state: 'mined', value: 7n as Wei, slot: { ...slot, nonce } },
      mined: { txHash: `0x0${nonce}`, status, blockNumber: 1n, fee: 10n as Wei, at: at as Timestamp },
    })
    const all = [mined(1, 100n), mined(2, 200n), mined(3, 300n, 'reverted')]
    await store.commit(
      all.map((each, at) => ({
        record: each,
        version: { ...version, key: each.key, nonce: at + 1, txHash: `0x0${at + 1}` as const },
      })),
    )
    const since = (at: bigint) => Promise.all([store.spentSince(at as Timestamp), store.postedSince(at as Timestamp)])
    expect(await since(100n)).toEqual([30n, 14n])
    expect(await since(200n)).toEqual([20n, 7n])
    const { mined: _, ...vanished } = mined(2, 200n)
    await store.commit([{ record: { ...vanished, state: 'sent' } }])
    expect(await since(100n)).toEqual([20n, 7n])
  })
})

describe('A journal of the first version', () => {
  const old = () => {
    const database = new Sqlite(':memory:')
    database.exec(`create table intents (
      key text primary key, purpose text not null, state text not null, accepted integer not null,
      account text not null, target text not null, data text not null, value text not null,
      nonce integer not null, gas integer not null, versions text not null, outcome text,
      created_at integer not null, updated_at integer not null
    ) strict;
    create unique index intents_nonce on intents (account, nonce) where state = 'pending'`)
    const insert = database.prepare(`insert into intents values (?, 'challengeStandardExit', ?, ?,
      '${account}', '${record.to}', '0x1234', '7', ?, 300000, ?, ?, 1600000000, 1600000012)`)
    const signed = (hash: string) =>
      JSON.stringify([{ txHash: hash, raw: '0x02', maxFeePerGas: '10', maxPriorityFeePerGas: '1', signedAt: '100' }])
    const end = (outcome: string) => JSON.stringify({ outcome, reason: 'it was "so"', txHash: '0xa2' })
    insert.run('sent', 'pending', 1, 4, signed('0xa0'), null)
    insert.run('signed', 'pending', 0, 5, signed('0xa1'), null)
    insert.run('done', 'ended', 1, 2, signed('0xa2'), end('done_by_us'))
    insert.run('other', 'ended', 1, 3, signed('0xa3'), end('done_by_other'))
    insert.run('undone', 'ended', 1, 1, signed('0xa4'), null)
    return database
  }

  test('goes on: what was pending keeps its nonce and its bytes, what was done stays done', async () => {
    const database = old()
    const store = createIntentStore(database)
    const open = await store.open()
    expect(open).toMatchObject([
      { key: 'sent', state: 'sent', value: 7n, slot: { account, nonce: 4, gas: 300_000n }, reverts: 0, from: account },
      { key: 'signed', state: 'signed', slot: { account, nonce: 5, gas: 300_000n } },
    ])
    expect(await store.versions({ account, nonce: 4 })).toEqual([
      { ...version, key: 'sent', nonce: 4, txHash: '0xa0', raw: '0x02' },
    ])
    expect(await store.get('done')).toMatchObject({
      state: 'final',
      outcome: { outcome: 'done_by_us', txHash: '0xa2' },
    })
    expect(await store.get('other')).toMatchObject({ state: 'done_by_other' })
    expect(await store.get('undone')).toBeUndefined()
    expect([...readAudit(database, 'sent')]).toMatchObject([{ subject: 'sent', what: 'sent' }])
  })

  test('is brought over once', async () => {
    const database = old()
    createIntentStore(database)
    const notes = [...readAudit(database)]
    expect((await createIntentStore(database).open()).length).toBe(2)
    expect([...readAudit(database)]).toEqual(notes)
  })

  test('of a newer program is refused, and left as it is', () => {
    const database = new Sqlite(':memory:')
    database.pragma('user_version = 2')
    expect(() => createIntentStore(database)).toThrow(expect.objectContaining({ code: 'NEWER_JOURNAL' }))
    expect(database.prepare('select name from sqlite_master').all()).toEqual([])
  })
})

describe('A journal that is damaged', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'journal-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  test('says so in words of ours, and what to do', () => {
    writeFileSync(join(folder, 'journal.sqlite'), 'this is no database at all'.repeat(100))
    expect(() => openDatabase(folder)).toThrow(
      expect.objectContaining({ code: 'STORE_CORRUPT', message: expect.stringContaining('journal.sqlite') }),
    )
  })
})
