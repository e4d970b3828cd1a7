import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { remember } from '../../src/cli/remember.ts'
import { loadConfig, type Config } from '../../src/config.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { openDatabase } from '../../src/store/database.ts'
import { createTransactionArchive } from '../../src/store/transaction-archive.ts'
import { alice, bob, mallory, operator, type Signer } from '../support/signers.ts'
import { at, deposit, fee, framework, pay, payment, signedWith } from '../support/transactions.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'remember-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

function configOf(person: Signer): Config {
  const environment = {
    PROVIDER_ENDPOINT: 'http://127.0.0.1:1',
    PLASMA_ADDRESS: framework,
    WATCHER_URL: 'http://127.0.0.1:1',
    PRIVATE_KEY: toHex(person.privateKey),
  }
  return loadConfig(join(directory, 'guard.yml'), environment)
}

function kept(config: Config): readonly Uint8Array[] {
  const database = openDatabase(config.data)
  try {
    return createTransactionArchive(database)
      .list()
      .map(({ signedTx }) => signedTx)
  } finally {
    database.close()
  }
}

const tx = payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 3n), pay(alice, 7n)])

describe('plasma-guard remember', () => {
  test('keeps a transaction that Alice has signed, and says the second time that it was known', async () => {
    const config = configOf(alice)
    const remembered = { txhash: tx.transaction.txHash, concerns: true }
    expect(await remember(config, [tx.bytes])).toEqual([{ ...remembered, known: false }])
    expect(await remember(config, [tx.bytes])).toEqual([{ ...remembered, known: true }])
    expect(kept(config)).toEqual([tx.bytes])
  })

  test('keeps one that only pays Bob as his', async () => {
    expect(await remember(configOf(bob), [tx.bytes])).toMatchObject([{ concerns: true }])
  })

  test('keeps one that nothing of Mallory stands in, and says so', async () => {
    const config = configOf(mallory)
    expect(await remember(config, [tx.bytes])).toMatchObject([{ concerns: false, known: false }])
    expect(kept(config)).toEqual([tx.bytes])
  })

  test.each([
    ['bytes that are none', Uint8Array.of(1, 2, 3)],
    ['a transaction without its signatures', tx.transaction.raw],
    ['a missing signature', signedWith(tx.transaction, []).bytes],
    ['a signature of nobody', signedWith(tx.transaction, [new Uint8Array(65).fill(27, 64)]).bytes],
    ['a signature too many', signedWith(tx.transaction, [...tx.signatures, ...tx.signatures]).bytes],
    ['a deposit, which nobody signs', signedWith(deposit(alice, 5n), []).bytes],
    ['a fee transaction', fee(1000n, { owner: operator, amount: 1n }).bytes],
  ])('keeps nothing of all that it is given when one is %s', async (_, bytes) => {
    const config = configOf(alice)
    await expect(remember(config, [tx.bytes, bytes])).rejects.toMatchObject({ code: 'NO_SIGNED_TRANSACTION' })
    expect(kept(config)).toEqual([])
  })
})
