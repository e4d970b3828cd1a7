import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Remembered } from '../../src/events/journal.ts'
import type { Timestamp } from '../../src/plasma/units.ts'
import { openDatabase } from '../../src/store/database.ts'
import { createEventJournal } from '../../src/store/event-journal.ts'
import { hashOf } from '../support/conditions.ts'

test('what was remembered is there after the database was closed and opened again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'guard-journal-'))
  const noted: Remembered = { attempt: 3, emittedAt: (2n ** 53n) as Timestamp, ended: false }
  const silent: Remembered = {
    ...noted,
    ended: true,
    silence: { outcome: 'too_late', reason: 'processed', head: { number: 2n ** 60n, hash: hashOf('a') } },
  }
  const database = openDatabase(directory)
  const journal = createEventJournal(database)
  await journal.remember('one', { ...noted, attempt: 2 })
  await journal.remember('one', noted)
  await journal.remember('two', silent)
  database.close()

  const again = createEventJournal(openDatabase(directory))
  expect(await again.recall('one')).toEqual(noted)
  expect(await again.recall('two')).toEqual(silent)
  expect(await again.recall('three')).toBeUndefined()
  expect(await again.silent()).toEqual(['two'])
})
