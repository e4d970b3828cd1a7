import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { holdSendingLock } from '../../src/store/sending-lock.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sending-lock-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

test('one sender holds the accounts of a data directory until it lets go', () => {
  const release = holdSendingLock(directory)
  expect(() => holdSendingLock(directory)).toThrow(expect.objectContaining({ code: 'ANOTHER_SENDER' }))
  release()
  holdSendingLock(directory)()
})

test('another process holds them as well, and a killed one holds them no more', async () => {
  const hold = `
    import Sqlite from 'better-sqlite3'
    globalThis.held = new Sqlite(${JSON.stringify(join(directory, 'sending.lock'))})
    held.exec('begin exclusive')
    process.stdout.write('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', hold])
  await once(child.stdout, 'data')
  expect(() => holdSendingLock(directory)).toThrow(expect.objectContaining({ code: 'ANOTHER_SENDER' }))
  child.kill('SIGKILL')
  await once(child, 'exit')
  holdSendingLock(directory)()
})
