import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Hash } from '../../src/plasma/units.ts'
import { openDatabase, type Database } from '../../src/store/database.ts'
import { createTransactionArchive } from '../../src/store/transaction-archive.ts'

const payment = { txHash: `0x${'a1'.repeat(32)}` as Hash, signedTx: Uint8Array.of(1, 2, 3) }
const another = { txHash: `0x${'b2'.repeat(32)}` as Hash, signedTx: Uint8Array.of(4, 5) }

describe('what Alice submitted through us', () => {
  let directory: string
  let open: Database[]

  const archive = () => {
    const database = openDatabase(directory)
    open.push(database)
    return createTransactionArchive(database)
  }

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'guard-archive-'))
    open = []
  })
  afterEach(() => {
    for (const database of open) database.close()
    rmSync(directory, { recursive: true })
  })

  test('is found by its hash and listed in the order in which it came', () => {
    const { store, find, list } = archive()
    store(another)
    store(payment)
    expect(find(payment.txHash)).toEqual([payment])
    expect(list()).toEqual([another, payment])
  })

  test('is read on from where a reader stopped', () => {
    const { store, list } = archive()
    store(another)
    store(payment)
    expect(list(1)).toEqual([payment])
    expect(list(2)).toEqual([])
  })

  test('is unknown before she submits it', () => {
    const { find, list } = archive()
    expect(find(payment.txHash)).toEqual([])
    expect(list()).toEqual([])
  })

  test('stands there once, however often she submits it', () => {
    const { store, list } = archive()
    store(payment)
    store(payment)
    expect(list()).toEqual([payment])
  })

  test('is not replaced when Mallory submits it with a signature of his own', () => {
    const forged = { txHash: payment.txHash, signedTx: Uint8Array.of(9, 9, 9) }
    const { store, find } = archive()
    store(forged)
    store(payment)
    expect(find(payment.txHash)).toEqual([forged, payment])
  })

  test('survives a restart', () => {
    archive().store(payment)
    open.pop()?.close()
    expect(archive().list()).toEqual([payment])
  })

  test('is seen at once by the process that shares the data directory', () => {
    const watch = archive()
    const run = archive()
    watch.store(payment)
    expect(run.find(payment.txHash)).toEqual([payment])
    run.store(payment)
    expect(watch.list()).toEqual([payment])
  })
})
