import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printAudit } from '../../src/cli/audit.ts'
import { createAudit } from '../../src/store/audit.ts'
import { openDatabase } from '../../src/store/database.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const printed = (options: { key?: string; json?: boolean } = {}) => {
  const lines: string[] = []
  printAudit(folder, { ...options, write: (line) => lines.push(line) })
  return lines
}

describe('The audit', () => {
  test('is read in order while its writer goes on, all of it or what concerns a key', async () => {
    const database = openDatabase(folder)
    const audit = createAudit(database)
    await audit.note({ at: 1_600_000_000n, subject: 'guard', what: 'paused', reason: 'a person said so' })
    await audit.note({
      at: 1_600_000_012n,
      subject: '0xgame:challengeStandardExit:7',
      what: 'mined',
      reason: 'in block 9',
    })
    expect(printed()).toEqual([
      '2020-09-13T12:26:40.000Z  paused         guard  a person said so\n',
      '2020-09-13T12:26:52.000Z  mined          0xgame:challengeStandardExit:7  in block 9\n',
    ])
    await audit.note({ at: 2n ** 62n, subject: 'guard', what: 'resumed', reason: 'on a chain of another age' })
    expect(printed({ key: 'guard' })).toHaveLength(2)
    expect(printed({ key: 'Standard%' })).toEqual([])
    expect(printed({ json: true, key: 'exit:7'.toUpperCase() })).toEqual([])
    expect(printed({ json: true, key: ':7' }).map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        at: '1600000012',
        time: '2020-09-13T12:26:52.000Z',
        subject: '0xgame:challengeStandardExit:7',
        what: 'mined',
        reason: 'in block 9',
      },
    ])
    database.close()
    expect(printed()).toHaveLength(3)
  })

  test('of a journal that has none yet is empty, and no journal is an error with a name', () => {
    expect(() => printed()).toThrow(expect.objectContaining({ code: 'NO_JOURNAL' }))
    openDatabase(folder).close()
    expect(printed()).toEqual([])
  })
})
