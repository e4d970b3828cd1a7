import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Database } from '../../src/store/database.ts'
import { createSentTransactions } from '../../src/store/sent-transactions.ts'
import { hashOf } from '../support/conditions.ts'
import { alice } from '../support/signers.ts'

let database: Database
beforeEach(() => {
  database = new Sqlite(':memory:')
})
afterEach(() => {
  database.close()
})

test('a journal in which nothing was ever sent is empty', () => {
  expect(createSentTransactions(database)()).toEqual([])
})

test('the first form of the journal is read without its signed bytes', () => {
  database.exec(`create table intents (key text, purpose text, state text, account text, nonce integer, versions text,
    outcome text, created_at integer, updated_at integer)`)
  const put = database.prepare('insert into intents values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const versions = JSON.stringify([hashOf('1'), hashOf('2')].map((txHash) => ({ txHash, raw: '0xsecret' })))
  put.run('b', 'startStandardExit', 'ended', alice.address, 4, versions, '{"outcome":"too_late"}', 9, 11)
  put.run('a', 'challengeStandardExit', 'pending', alice.address, 3, versions, null, 8, 10)
  const sent = createSentTransactions(database)()
  expect(sent).toEqual([
    {
      ...{ key: 'a', purpose: 'challengeStandardExit', account: alice.address, nonce: 3, underWay: true },
      ...{ txHashes: [hashOf('1'), hashOf('2')], updatedAt: 10n },
    },
    {
      ...{ key: 'b', purpose: 'startStandardExit', account: alice.address, nonce: 4, underWay: false },
      ...{ txHashes: [hashOf('1'), hashOf('2')], outcome: 'too_late', updatedAt: 11n },
    },
  ])
})

test('the journal of states is read by what was signed for each intent', () => {
  database.exec(`create table intents (key text, state text, account text, nonce integer, record text, created_at integer);
    create table versions (id integer primary key, key text, account text, nonce integer, tx_hash text, raw text);
    pragma user_version = 1`)
  const put = database.prepare('insert into intents values (?, ?, ?, ?, ?, ?)')
  const sign = database.prepare('insert into versions (key, account, nonce, tx_hash, raw) values (?, ?, ?, ?, ?)')
  const states = ['planned', 'sent', 'mined', 'final', 'done_by_other', 'undone']
  for (const [at, state] of states.entries()) {
    const receipt = state === 'mined' ? 'success' : state === 'undone' ? 'reverted' : undefined
    const mined = receipt === undefined ? {} : { mined: { status: receipt } }
    const record = JSON.stringify({ purpose: 'challengeStandardExit', updatedAt: '10', ...mined })
    put.run(state, state === 'undone' ? 'mined' : state, null, null, record, at)
    if (state === 'planned') continue
    for (const letter of ['1', '2']) sign.run(state, alice.address, at, hashOf(letter), '0xsecret')
  }
  expect(createSentTransactions(database)().map(({ key, nonce, underWay, outcome }) => [key, nonce, underWay, outcome]))
    // prettier-ignore
    .toEqual([
      ['sent', 1, true, undefined],
      ['mined', 2, true, 'done_by_us'],
      ['final', 3, false, 'done_by_us'],
      ['done_by_other', 4, false, 'done_by_other'],
      ['undone', 5, true, undefined],
    ])
  expect(createSentTransactions(database)()[0]).toMatchObject({ txHashes: [hashOf('1'), hashOf('2')], updatedAt: 10n })
})
