import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { keepKey, listKeys } from '../../src/chain/keystore-folder.ts'
import { openKeystore } from '../../src/chain/keystore.ts'
import { secret } from '../../src/lib/secret.ts'

/** contracts.md 15: this key's address was written down by others. */
const KEY = `0x${'11'.repeat(32)}`
const ADDRESS = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a'
const password = secret('correct horse')

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'keystores-'))
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

const keep = (folder: string) => keepKey({ folder, privateKey: secret(KEY), password, scryptN: 1024 })
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

describe('A folder of keystores', () => {
  test('is made so that only its owner can enter, and a file in it so that only its owner can read', async () => {
    const folder = join(home, 'deep', 'keys')
    const kept = await keep(folder)
    expect(kept).toEqual({ address: ADDRESS, file: join(folder, `${ADDRESS}.json`) })
    expect([modeOf(folder), modeOf(kept.file)]).toEqual(['700', '600'])
    expect((await openKeystore(kept.file, password)).reveal()).toBe(KEY)
  })

  test.each([0o755, 0o750, 0o701, 0o720])('that others may look into (%o) gets no key', async (mode) => {
    const folder = join(home, 'open')
    mkdirSync(folder)
    chmodSync(folder, mode)
    await expect(keep(folder)).rejects.toMatchObject({
      code: 'KEYSTORE_FOLDER_UNUSABLE',
      message: expect.stringContaining(`chmod 700 ${folder}`),
    })
    expect(readdirSync(folder)).toEqual([])
  })

  test('that is a file, or cannot be made, is told', async () => {
    const file = join(home, 'file')
    writeFileSync(file, '')
    for (const folder of [file, join(file, 'keys')]) {
      await expect(keep(folder)).rejects.toMatchObject({ code: 'KEYSTORE_FOLDER_UNUSABLE' })
    }
  })

  test('never loses a keystore to another of the same account', async () => {
    const folder = join(home, 'keys')
    const { file } = await keep(folder)
    const before = readFileSync(file, 'utf8')
    const error: unknown = await keep(folder).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'KEY_EXISTS', facts: { address: ADDRESS, file } })
    expect(inspect(error, { depth: 9 })).not.toContain('1111')
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  test('lists what is a keystore, by the account that it says it is of, and passes over the rest', async () => {
    const folder = join(home, 'keys')
    const { file } = await keep(folder)
    writeFileSync(join(folder, 'password'), 'correct horse\n')
    writeFileSync(join(folder, 'a-private.json'), '{"version": 3, "crypto": {}}')
    writeFileSync(join(folder, 'z-old.json'), '{"version": 1}')
    writeFileSync(join(folder, 'z-huge.json'), ' '.repeat(100_000))
    mkdirSync(join(folder, 'z-folder'))
    expect(await listKeys(folder)).toEqual([{ address: ADDRESS, file }, { file: join(folder, 'a-private.json') }])
  })

  test('that is not there cannot be listed', async () => {
    await expect(listKeys(join(home, 'nowhere'))).rejects.toMatchObject({ facts: { why: 'there is no such folder' } })
  })
})
