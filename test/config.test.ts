import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { InvalidConfigError, loadConfig } from '../src/config.ts'

const FRAMEWORK = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const KEY = `0x${'11'.repeat(32)}`

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'guard-config-')), 'guard.yml')
  writeFileSync(path, text)
  return path
}

function complaint(text: string, environment: Record<string, string> = {}): string {
  try {
    loadConfig(file(text), environment)
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.message
    throw error
  }
  throw new Error('the configuration was accepted')
}

const whole = `
rootChain:
  urls: [http://127.0.0.1:8545]
  plasmaFramework: "${FRAMEWORK}"
childChain:
  url: http://127.0.0.1:9656
accounts:
  - keystore: ./keys/guard.json
    passwordFile: ./keys/password
`

describe('guard.yml', () => {
  test('is completed with the documented defaults, and paths start at its folder', () => {
    const path = file(whole)
    const config = loadConfig(path, {})
    expect(config).toMatchObject({
      rootChain: { confirmations: 1, plasmaFramework: FRAMEWORK.toLowerCase() },
      childChain: { withholdingSeconds: 54_000n },
      mode: 'defend',
      accounts: [{ keystore: join(path, '../keys/guard.json'), passwordFile: join(path, '../keys/password') }],
      data: join(path, '../data'),
    })
  })

  test('names every mistake at once, each with its path', () => {
    const said = complaint(`
rootChain:
  urls: [ftp://node]
  plasmaFramework: 0x5FbDB2315678afecb367f032d93F642f64180aa3
  confirmation: 2
watcher: { url: "http://watcher", trusted: maybe }
mode: fight
`)
    for (const part of [
      'rootChain.urls[0]',
      'rootChain.plasmaFramework',
      'address in quotes',
      'Unrecognized key: "confirmation"',
      'watcher.trusted',
      'mode',
    ])
      expect(said).toContain(part)
  })

  test('must say where the child chain can be seen, and who pays for answers', () => {
    const said = complaint(`{ rootChain: { urls: ["http://n"], plasmaFramework: "${FRAMEWORK}" } }`)
    expect(said).toContain('watcher.url, childChain.url or both')
    expect(said).toContain('need an account')
  })

  test('that is no YAML, or a list, is refused', () => {
    expect(complaint('a: [')).toContain('Invalid configuration')
    expect(complaint('- a')).toContain('Invalid input')
  })

  test('cannot hold a private key', () => {
    expect(complaint(whole.replace(/accounts:[^]*/, `accounts:\n  - privateKey: "${KEY}"\n`))).toContain(
      'expected { keystore: FILE, passwordFile: FILE }',
    )
  })
})

describe('the environment', () => {
  const variables = {
    PROVIDER_ENDPOINT: 'http://a:1,http://b:2',
    PLASMA_ADDRESS: FRAMEWORK,
    WATCHER_URL: 'http://w:3',
    CHILDCHAIN_URL: '',
    PRIVATE_KEY: KEY,
  }

  test('is enough without a file, and an empty variable counts as not set', () => {
    const config = loadConfig('/nowhere/guard.yml', variables)
    expect(config.rootChain.urls).toEqual(['http://a:1', 'http://b:2'])
    expect(config.watcher).toEqual({ url: 'http://w:3', trusted: false })
    expect(config.childChain).toBeUndefined()
  })

  test('gives a key that nothing prints', () => {
    const config = loadConfig('/nowhere/guard.yml', variables)
    expect(inspect(config, { depth: 9 }) + JSON.stringify(config.accounts)).not.toContain('1111')
    const [account] = config.accounts
    expect(account && 'privateKey' in account ? account.privateKey.reveal() : '').toBe(KEY)
  })

  test('with a bad key is refused without showing it', () => {
    const said = complaint(whole, { PRIVATE_KEY: '0x1234' })
    expect(said).toContain('PRIVATE_KEY must be 32 bytes of hex')
    expect(said).not.toContain('1234')
  })
})

describe('notify', () => {
  const hook = 'https://chat.example/T0K3N'

  test('is nobody unless it is set, and hears every level unless it says which', () => {
    expect(loadConfig(file(whole), {}).notify).toBeUndefined()
    const path = file(
      `${whole}notify: { webhooks: [{ url: "${hook}", secretFile: s }], mail: { smtp: "smtps://guard@mail.example", passwordFile: p, from: a@b.c, to: d@e.f } }`,
    )
    const levels = ['info', 'warning', 'critical']
    expect(loadConfig(path, {}).notify).toEqual({
      webhooks: [{ url: hook, secretFile: join(path, '../s'), levels }],
      mail: {
        ...{ smtp: 'smtps://guard@mail.example', passwordFile: join(path, '../p'), from: 'a@b.c', to: ['d@e.f'] },
        levels,
      },
    })
  })

  test.each([
    [`webhooks: [{ url: "${hook}", template: "text={{title}}" }]`, 'expected JSON with every {{name}} inside a string'],
    [`webhooks: [{ url: "${hook}", levels: [] }]`, 'levels'],
    [`webhooks: [{ url: "${hook}", secret: hush }]`, 'secret'],
    ['webhooks: [{ url: "file:///etc/passwd" }]', 'expected an http(s) URL'],
    ['mail: { smtp: "smtp://u:hush@mail.example", passwordFile: p, from: a@b.c, to: d@e.f }', 'passwordFile'],
    ['mail: { smtp: "smtp://u@mail.example", from: a@b.c, to: d@e.f }', 'belong together'],
    ['mail: { smtp: "smtp://mail.example", from: a@b.c, to: "x\\nBcc: y@z.a" }', 'expected a mail address'],
    [`heartbeat: { url: "${hook}", everySeconds: 1 }`, 'everySeconds'],
  ])('%s is refused, and no secret is shown', (text, because) => {
    const said = complaint(`${whole}notify: { ${text} }`)
    expect(said).toContain(because)
    expect(said).not.toMatch(/T0K3N|hush@|u:hush/)
  })
})
