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
      control: { port: 7_535 },
      mode: 'defend',
      accounts: [{ keystore: join(path, '../keys/guard.json'), passwordFile: join(path, '../keys/password') }],
      data: join(path, '../data'),
    })
  })

  test('says what answers may cost, in units of people', () => {
    const GWEI = 10n ** 9n
    expect(loadConfig(file(whole), {}).policy).toEqual({
      ...{ maxFee: 1_000n * GWEI, floorFee: 100n * GWEI, stakeShare: 50n, finalAfterBlocks: 64 },
      ...{ gasPerDay: 5n * 10n ** 18n, lockedBonds: 20n * 10n ** 18n },
    })
    const policy = '{ gasPerDay: "0.000000000000000001", lockedBonds: "12.5", maxFeeGwei: 7, floorFeeGwei: 7 }'
    expect(loadConfig(file(`${whole}policy: ${policy}`), {}).policy).toMatchObject({
      ...{ gasPerDay: 1n, lockedBonds: 125n * 10n ** 17n, maxFee: 7n * GWEI, floorFee: 7n * GWEI },
    })
    const bad = '{ gasPerDay: 0.5, lockedBonds: "-1", stakeShare: 0, maxFeeGwei: 1.5 }'
    const said = complaint(`${whole}policy: ${bad}`)
    for (const field of ['gasPerDay', 'lockedBonds', 'stakeShare', 'maxFeeGwei']) expect(said).toContain(field)
    expect(complaint(`${whole}policy: { maxFeeGwei: 50 }`)).toContain('must not be above maxFeeGwei')
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

  test('may name the account that a keystore must hold', () => {
    const address = `0x${'AB'.repeat(20)}`
    const { accounts } = loadConfig(file(`${whole}    address: "${address}"\n`), {})
    expect(accounts).toMatchObject([{ address: address.toLowerCase() }])
    expect(complaint(`${whole}    address: ${address}\n`)).toContain('expected { keystore: FILE')
  })

  const remote = (text: string) => whole.replace(/accounts:[^]*/, `accounts:\n  - web3signer: { ${text} }\n`)
  const held = `address: "0x${'ab'.repeat(20)}"`

  test('may name accounts whose keys a Web3Signer keeps', () => {
    const files = 'caFile: tls/ca.pem, clientCertFile: /etc/guard.pem, clientKeyFile: tls/guard-key.pem'
    const path = file(remote(`url: "https://signer:9000/", ${held}, ${files}`))
    expect(loadConfig(path, {}).accounts).toEqual([
      {
        web3signer: {
          ...{ url: 'https://signer:9000/', address: `0x${'ab'.repeat(20)}` },
          ...{ caFile: join(path, '../tls/ca.pem'), clientCertFile: '/etc/guard.pem' },
          clientKeyFile: join(path, '../tls/guard-key.pem'),
        },
      },
    ])
  })

  test.each(['http://127.0.0.1:9000', 'http://localhost:9000', 'http://[::1]:9000'])(
    'may name a Web3Signer of this machine without TLS: %s',
    (url) => {
      expect(loadConfig(file(remote(`url: "${url}", ${held}`)), {}).accounts).toMatchObject([{ web3signer: { url } }])
    },
  )

  test.each([
    ['http elsewhere', `url: "http://signer:9000", ${held}`, 'expected an https URL'],
    ['http on what only looks like this machine', `url: "http://127.0.0.1.evil.org", ${held}`, 'expected an https URL'],
    ['a user in its URL', `url: "https://me:sesame@signer:9000", ${held}`, 'expected an https URL without a user'],
    ['no URL', held, 'url'],
    ['no account', 'url: "https://signer:9000"', 'address'],
    ['a certificate without its key', `url: "https://s", ${held}, clientCertFile: a.pem`, 'go together'],
    ['a key without its certificate', `url: "https://s", ${held}, clientKeyFile: a.pem`, 'go together'],
    ['a misspelt field', `url: "https://s", ${held}, ca: a.pem`, 'Unrecognized key: "ca"'],
  ])('is refused with a Web3Signer that has %s', (_, text, why) => {
    const said = complaint(remote(text))
    expect(said).toContain(why)
    expect(said).not.toContain('sesame')
  })

  test('may know an account without its key in a mode that signs nothing, and must know one to advise', () => {
    const watched = (mode: string) =>
      `${whole.replace(/accounts:[^]*/, '')}accounts: [{ watchOnly: "${FRAMEWORK}" }]\nmode: ${mode}\n`
    for (const mode of ['observe', 'advise'])
      expect(loadConfig(file(watched(mode)), {}).accounts).toEqual([{ watchOnly: FRAMEWORK.toLowerCase() }])
    for (const mode of ['defend', 'defend-and-exit']) expect(complaint(watched(mode))).toContain('watchOnly needs mode')
    const nobody = (mode: string) => `${whole.replace(/accounts:[^]*/, '')}mode: ${mode}\n`
    expect(complaint(nobody('advise'))).toContain('has to know who would send')
    expect(loadConfig(file(nobody('observe')), {}).accounts).toEqual([])
  })

  test.each(['-1', '65536', '"7535"', '7.5'])('refuses the control port %s', (port) => {
    expect(complaint(`${whole}control: { port: ${port} }\n`)).toContain('control.port')
  })

  test('cannot hold a private key', () => {
    expect(complaint(whole.replace(/accounts:[^]*/, `accounts:\n  - privateKey: "${KEY}"\n`))).toContain(
      'expected { keystore: FILE, passwordFile: FILE }',
    )
  })
})

describe('the nodes of the root chain', () => {
  const withNodes = (urls: string, more = '') => whole.replace(/urls: .*\n/, `urls: ${urls}\n${more && `  ${more}\n`}`)

  test('speak HTTP or WebSocket', () => {
    const path = file(withNodes('["http://a:1", "https://b/k", "ws://c:1", "wss://d/k"]'))
    expect(loadConfig(path, {}).rootChain.urls).toHaveLength(4)
    expect(complaint(withNodes('["tcp://a:1"]'))).toContain('expected an http(s) or ws(s) URL')
  })

  test('need not agree on more than there are', () => {
    expect(loadConfig(file(withNodes('["http://a", "http://b"]', 'agreement: 2')), {}).rootChain.agreement).toBe(2)
    expect(complaint(withNodes('["http://a"]', 'agreement: 2'))).toContain('more nodes must agree than there are urls')
    expect(complaint(withNodes('["http://a"]', 'agreement: 0'))).toContain('rootChain.agreement')
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
