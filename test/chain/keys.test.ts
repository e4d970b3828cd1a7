import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Wallet } from '@ethereumjs/wallet'
import { parseTransaction, recoverTransactionAddress } from 'viem'
import { openKeystore, readPassword, sealKeystore } from '../../src/chain/keystore.ts'
import { createSigner, parsePrivateKey } from '../../src/chain/signer.ts'
import { fromHex } from '../../src/lib/bytes.ts'
import { secret } from '../../src/lib/secret.ts'
import type { Address, Wei } from '../../src/plasma/units.ts'

/** contracts.md 15: this key's address was written down by others. */
const KEY = `0x${'11'.repeat(32)}` as const
const ADDRESS = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a'

/** From the Web3 Secret Storage Definition, version 3. */
const SPECIFIED = JSON.stringify({
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
})
const SPECIFIED_KEY = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plasma-guard-keys-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

/** A keystore of the key that costs little to open. */
const cheap = (password: string) => Wallet.fromPrivateKey(fromHex(KEY)).toV3String(password, { kdf: 'scrypt', n: 1024 })

async function open(files: { keystoreFile: string; passwordFile: string }) {
  return openKeystore(files.keystoreFile, await readPassword(files.passwordFile))
}

describe('A keystore', () => {
  test('opens with its password, as the standard says', async () => {
    const keystoreFile = await file('specified.json', SPECIFIED)
    const key = await open({ keystoreFile, passwordFile: await file('password', 'testpassword\n') })
    expect(key.reveal()).toBe(SPECIFIED_KEY)
    expect(inspect(key)).not.toContain(SPECIFIED_KEY.slice(2))
  })

  test('of a wallet opens to its account, whatever ends the line of its password', async () => {
    const keystoreFile = await file('wallet.json', await cheap('hunter2'))
    for (const text of ['hunter2', 'hunter2\n', 'hunter2\r\nsecond line']) {
      const key = await open({ keystoreFile, passwordFile: await file('password', text) })
      expect(createSigner(key).address).toBe(ADDRESS)
    }
  })

  test.each([
    ['a wrong password', () => cheap('hunter2'), 'wrong password'],
    ['no JSON', () => 'sesame', 'not a keystore: no JSON'],
    ['another version', () => '{"version": 1}', 'not a keystore of version 3'],
    ['nothing but a version', () => '{"version": 3}', 'not a keystore that can be opened'],
    ['an array', () => '[3]', 'not a keystore of version 3'],
    ['something huge', () => ' '.repeat(70_000), 'not a keystore'],
  ])('%s: told clearly, without the secret', async (...[, text, why]) => {
    const keystoreFile = await file('bad.json', await text())
    const files = { keystoreFile, passwordFile: await file('password', 'open sesame') }
    const error: unknown = await open(files).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'KEYSTORE_UNUSABLE', retryable: false, facts: { why, file: keystoreFile } })
    expect(inspect(error, { depth: 9 })).not.toContain('sesame')
  })

  test('a file that is missing, or no file', async () => {
    const passwordFile = await file('password', 'hunter2')
    const keystoreFile = await file('wallet.json', await cheap('hunter2'))
    const missing = join(folder, 'nowhere.json')
    await expect(open({ keystoreFile: missing, passwordFile })).rejects.toMatchObject({
      facts: { why: 'no such file', file: missing },
    })
    await expect(open({ keystoreFile, passwordFile: missing })).rejects.toMatchObject({
      facts: { why: 'no such file', file: missing },
    })
    await expect(open({ keystoreFile: folder, passwordFile })).rejects.toMatchObject({
      facts: { why: 'it is a directory' },
    })
  })
})

describe('A sealed key', () => {
  test('is a keystore of the format with scrypt, and opens to the same key', async () => {
    const text = await sealKeystore(secret(KEY), secret('correct horse'), 1024)
    const parsed = JSON.parse(text) as { version: number; address: string; crypto: Record<string, unknown> }
    expect(parsed).toMatchObject({
      version: 3,
      address: ADDRESS.slice(2),
      crypto: { kdf: 'scrypt', cipher: 'aes-128-ctr' },
    })
    expect(text).not.toContain(KEY.slice(2))
    const key = await openKeystore(await file('sealed.json', text), secret('correct horse'))
    expect(key.reveal()).toBe(KEY)
  })

  test('of another account than the file says is refused: somebody has swapped it', async () => {
    const text = await sealKeystore(secret(KEY), secret('pw'), 1024)
    const other = '00'.repeat(19) + '01'
    const swapped = await file('swapped.json', text.replace(ADDRESS.slice(2), other))
    await expect(openKeystore(swapped, secret('pw'))).rejects.toMatchObject({
      code: 'KEYSTORE_UNUSABLE',
      facts: { why: `it says that it holds 0x${other}, and holds ${ADDRESS}` },
    })
  })
})

describe('A private key', () => {
  test('is read with and without 0x, and stays hidden', () => {
    for (const text of [KEY, KEY.slice(2), ` ${KEY.toUpperCase().replace('0X', '0x')}\n`]) {
      const key = parsePrivateKey(text)
      expect(createSigner(key).address).toBe(ADDRESS)
      expect(JSON.stringify({ key }) + inspect(key)).not.toContain('1111')
    }
  })

  test.each(['', '0x', '11'.repeat(31), `${'11'.repeat(32)}11`, 'g'.repeat(64), '0'.repeat(64), 'f'.repeat(64)])(
    '%p is none, and the error does not repeat it',
    (text) => {
      let error: unknown
      try {
        parsePrivateKey(text)
      } catch (caught) {
        error = caught
      }
      expect(error).toMatchObject({ code: 'INVALID_PRIVATE_KEY', retryable: false })
      if (text.length > 10) expect(inspect(error, { depth: 9 })).not.toContain(text)
    },
  )

  test('signs transactions that are its own and for one chain only', async () => {
    const signer = createSigner(parsePrivateKey(KEY))
    const transaction = {
      chainId: 31_337n,
      nonce: 7,
      to: `0x${'12'.repeat(20)}` as Address,
      data: '0x70e01462' as const,
      value: (14n * 10n ** 15n) as Wei,
      gas: 500_000n,
      maxFeePerGas: (10n ** 11n) as Wei,
      maxPriorityFeePerGas: (10n ** 9n) as Wei,
    }
    const { raw, txHash } = await signer.signTransaction(transaction)
    const { chainId, ...rest } = transaction
    expect(parseTransaction(raw)).toMatchObject({ ...rest, chainId: Number(chainId) })
    const signed = raw as `0x02${string}`
    expect((await recoverTransactionAddress({ serializedTransaction: signed })).toLowerCase()).toBe(ADDRESS)
    expect(await signer.signTransaction(transaction)).toEqual({ raw, txHash })
  })
})
