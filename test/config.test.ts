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
