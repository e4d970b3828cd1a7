import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openKeystore } from '../../src/chain/keystore.ts'
import { createSigner } from '../../src/chain/signer.ts'
import { exportKey, importKey, newKey, type Surroundings } from '../../src/cli/key-work.ts'
import { secret } from '../../src/lib/secret.ts'

/** contracts.md 15: this key's address was written down by others. */
const KEY = `0x${'11'.repeat(32)}`
const ADDRESS = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a'
const PASSWORD = 'correct horse'
const cheap = { scryptN: 1024 }

let home = ''
let folder = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'keys-'))
  folder = join(home, 'keys')
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

function file(name: string, content: string): string {
  writeFileSync(join(home, name), content)
  return join(home, name)
}

/** A person who types these answers, one after the other, and what the terminal showed. */
function person(...answers: string[]) {
  const shown: string[] = []
  const next = () => {
    const answer = answers.shift()
    if (answer === undefined) throw new Error('asked too much')
    return answer
  }
  const around = (stdin = ''): Surroundings => ({
    stdin: stdin === 'terminal' ? Object.assign(Readable.from([]), { isTTY: true }) : Readable.from([stdin]),
    terminal: () => ({
      say: (words) => void shown.push(words),
      ask: async (question) => {
        shown.push(question)
        return next()
      },
      askSecret: async (question) => {
        shown.push(question)
        return secret(next())
      },
      close: () => undefined,
    }),
  })
  return { around, shown, answers }
}

const nobody = (stdin = ''): Surroundings => ({
  stdin: Readable.from([stdin]),
  terminal: () => {
    throw new Error('nobody is there')
  },
})

describe('keys new', () => {
  test('makes another key each time, for the password that was typed twice', async () => {
    const { around, answers } = person(PASSWORD, PASSWORD, PASSWORD, PASSWORD)
    const one = await newKey({ folder, ...cheap }, around())
    const two = await newKey({ folder, ...cheap }, around())
    expect(one.address).not.toBe(two.address)
    expect(createSigner(await openKeystore(one.file, secret(PASSWORD))).address).toBe(one.address)
    expect(answers).toEqual([])
  })

  test('asks nobody when a file holds the password', async () => {
    const { file: made } = await newKey({ folder, passwordFile: file('pw', `${PASSWORD}\n`), ...cheap }, nobody())
    await expect(openKeystore(made, secret(PASSWORD))).resolves.toBeDefined()
  })

  test.each([
    ['typed in two ways', ['one', 'two']],
    ['empty', ['', '']],
  ])('makes nothing with a password that is %s', async (_, typed) => {
    await expect(newKey({ folder, ...cheap }, person(...typed).around())).rejects.toMatchObject({
      code: 'BAD_PASSWORD',
    })
    expect(readdirSync(folder)).toEqual([])
  })

  test('makes nothing with a password file that is empty, or is not there', async () => {
    for (const passwordFile of [file('empty', '\nsecond'), join(home, 'nowhere')]) {
      await expect(newKey({ folder, passwordFile, ...cheap }, nobody())).rejects.toMatchObject({
        code: expect.stringMatching(/BAD_PASSWORD|KEYSTORE_UNUSABLE/),
      })
    }
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('keys import', () => {
  test.each<[string, () => Parameters<typeof importKey>]>([
    ['standard input', () => [{ folder, ...cheap }, person(PASSWORD, PASSWORD).around(`${KEY}\n`)]],
    [
      'a file',
      () => [{ folder, keyFile: file('key', ` ${KEY.slice(2)} \n`), ...cheap }, person(PASSWORD, PASSWORD).around()],
    ],
    ['a terminal', () => [{ folder, ...cheap }, person(KEY, PASSWORD, PASSWORD).around('terminal')]],
  ])('takes a key from %s', async (_, make) => {
    const kept = await importKey(...make())
    expect(kept).toEqual({ address: ADDRESS, file: join(folder, `${ADDRESS}.json`) })
    expect((await openKeystore(kept.file, secret(PASSWORD))).reveal()).toBe(KEY)
  })

  test.each<[string, string, string]>([
    ['a key instead of a file', KEY, 'KEY_ON_COMMAND_LINE'],
    ['a key without 0x instead of a file', KEY.slice(2), 'KEY_ON_COMMAND_LINE'],
    ['a file that is not there', '/nowhere/key', 'KEY_FILE_UNUSABLE'],
  ])('given %s takes nothing, and repeats no key', async (_, keyFile, code) => {
    const error: unknown = await importKey({ folder, keyFile, ...cheap }, nobody()).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code })
    expect(inspect(error, { depth: 9 })).not.toContain('1111')
  })

  test.each(['', 'sesame', `${KEY}11`, `0x${'0'.repeat(64)}`, `${KEY}\n${KEY}`])('does not take %p', async (stdin) => {
    const error: unknown = await importKey({ folder, ...cheap }, nobody(stdin)).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'INVALID_PRIVATE_KEY' })
    expect(inspect(error, { depth: 9 })).not.toMatch(/sesame|1111/)
  })
})

describe('keys export', () => {
  const keep = () => importKey({ folder, ...cheap }, person(PASSWORD, PASSWORD).around(KEY))

  test('writes a file that only its owner can read, and never over another', async () => {
    const { file: keystore } = await keep()
    const out = join(home, 'exported')
    await exportKey({ keystore, out }, person(PASSWORD).around())
    expect(readFileSync(out, 'utf8')).toBe(`${KEY}\n`)
    expect((statSync(out).mode & 0o777).toString(8)).toBe('600')
    const other = file('other', 'precious')
    await expect(exportKey({ keystore, out: other }, person(PASSWORD).around())).rejects.toMatchObject({
      code: 'KEY_FILE_UNUSABLE',
      facts: { why: 'it exists, and nothing is overwritten' },
    })
    expect(readFileSync(other, 'utf8')).toBe('precious')
  })

  test('shows the key on a terminal to whoever says yes, and to nobody else', async () => {
    const { file: keystore } = await keep()
    const sure = person('yes', PASSWORD)
    await exportKey({ keystore }, sure.around())
    expect(sure.shown.join('')).toContain(KEY)
    for (const word of ['no', '', 'YES']) {
      const unsure = person(word, PASSWORD)
      await expect(exportKey({ keystore }, unsure.around())).rejects.toMatchObject({ code: 'NOT_CONFIRMED' })
      expect(unsure.shown.join('')).not.toContain('1111')
    }
  })

  test('gives nothing away for a wrong password', async () => {
    const { file: keystore } = await keep()
    const out = join(home, 'exported')
    await expect(exportKey({ keystore, out }, person('guess').around())).rejects.toMatchObject({
      facts: { why: 'wrong password' },
    })
    expect(readdirSync(home)).not.toContain('exported')
  })
})

describe('plasma-guard keys', () => {
  const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
  const atTerminal = fileURLToPath(new URL('../support/at-terminal.py', import.meta.url))

  function run(command: string, ...args: string[]) {
    return new Promise<{ code: number | string; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(command, args, { cwd: home }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr })
      })
      child.stdin?.end()
    })
  }

  async function typed(steps: readonly (readonly [string, string])[], ...args: string[]) {
    const { stdout } = await run('python3', atTerminal, JSON.stringify(steps), process.execPath, main, 'keys', ...args)
    return JSON.parse(stdout) as { shown: string; code: number }
  }

  test('makes a key on a terminal that does not show the password, and lists it', async () => {
    const steps = [
      ['New password: ', 'swordfish\r'],
      ['The same again: ', 'swordfish\r'],
    ] as const
    const { shown, code } = await typed(steps, 'new')
    expect(code).toBe(0)
    expect(shown).not.toContain('fish')
    const { stdout } = await run(process.execPath, main, 'keys', 'list', '--json')
    const listed = JSON.parse(stdout) as { address: string; file: string }
    expect(shown).toContain(`${listed.address}  ${listed.file}`)
    const key = await openKeystore(join(home, listed.file), secret('swordfish'))
    expect(createSigner(key).address).toBe(listed.address)
  })

  test('does nothing when the person presses Ctrl-C', async () => {
    const { shown, code } = await typed([['New password: ', 'sword\u0003']], 'new')
    expect(code).toBe(1)
    expect(shown).toContain('CANCELLED')
    expect(readdirSync(folder)).toEqual([])
  })
})
