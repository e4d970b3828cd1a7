import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { privateKeyToAccount } from 'viem/accounts'
import { stringify } from 'yaml'
import { sealKeystore } from '../../src/chain/keystore.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import { secret } from '../../src/lib/secret.ts'
import { createEnds, malloryCheats, type Network, openNetwork } from '../support/guarded-network.ts'
import { type Certificates, makeCertificates, startTlsServer } from '../support/tls.ts'
import { asFields, web3signer } from '../support/web3signer.ts'

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const LIMIT = 180_000
const PASSWORD = 'correct-horse-battery'

let certificates: Certificates
beforeAll(async () => {
  certificates = await makeCertificates()
}, LIMIT)
afterAll(() => {
  certificates.remove()
})

let ends = createEnds()
let network: Network
beforeEach(async () => {
  ends = createEnds()
  network = await openNetwork(ends)
}, LIMIT)
afterEach(async () => {
  await ends.run()
}, LIMIT)

type Mishap = (raw: string, response: ServerResponse) => void

/** What nodes and what stands before them make of a transaction: each repeats it. */
const mishaps: readonly Mishap[] = [
  (raw, response) => response.end(`I do not like ${raw}`),
  (raw, response) =>
    response.writeHead(500).end(JSON.stringify({ error: { code: -32_000, message: `no room for ${raw}` } })),
  (_, response) => response.destroy(),
  (raw, response) =>
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: -32_000, message: `not now: ${raw}` } })),
]

/** A node that has one mishap after another with transactions, and then takes them. */
async function clumsyNode(todo: readonly Mishap[]) {
  const raws: string[] = []
  const left = [...todo]
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const { method, params } = JSON.parse(body) as { method: string; params: string[] }
      const [raw = ''] = params
      const mishap = method === 'eth_sendRawTransaction' ? left.shift() : undefined
      if (method === 'eth_sendRawTransaction') raws.push(raw)
      if (mishap) {
        mishap(raw, response)
        return
      }
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(network.chain.url, { method: 'POST', headers, body })
      response.writeHead(answer.status, headers).end(await answer.text())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.add('node', async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, raws, left }
}

/** A guard at work in a folder of its own, and everything that it says or writes there. */
function startGuard(file: object, environment: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'))
  ends.add('folder', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  const config = join(folder, 'guard.yml')
  writeFileSync(config, stringify(file))
  const env = { PATH: process.env['PATH'] ?? '', ...environment }
  const args = [main, 'run', '--config', config, '--log-level', 'debug']
  const child = spawn(process.execPath, args, { env })
  ends.add('guard', () => void child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes))
  const output = () => Buffer.concat(said).toString('latin1')
  return {
    ended,
    output,
    argv: () => readFileSync(`/proc/${String(child.pid)}/cmdline`, 'latin1'),
    data: join(folder, 'data'),
    stop: () => child.kill('SIGTERM'),
    until: async (words: string, times = 1) => {
      while (output().split(words).length <= times) {
        if (child.exitCode !== null) throw new Error(`The guard ended: ${output()}`)
        await pause(50)
      }
    },
    check: async (...more: string[]) => {
      const all = [main, 'config', 'check', '--config', config, ...more]
      return new Promise<string>((resolve) => {
        execFile(process.execPath, all, { env }, (_, stdout, stderr) => {
          resolve(stdout + stderr)
        })
      })
    },
  }
}

type Guard = ReturnType<typeof startGuard>

const filesIn = (folder: string) => readdirSync(folder).map((name) => join(folder, name))

/** All that a guard has written, by where it stands. */
async function everythingOf(guard: Guard): Promise<Record<string, string>> {
  const written = filesIn(guard.data).map((path) => [path, readFileSync(path, 'latin1')] as const)
  return {
    ...Object.fromEntries(written),
    ...{ output: guard.output(), argv: guard.argv() },
    check: (await guard.check()) + (await guard.check('--json')),
  }
}

function assertHidden(hidden: string, everything: Record<string, string>): void {
  const digits = hidden.replace(/^0x/, '').toLowerCase()
  const found = Object.keys(everything).filter((place) => everything[place]?.toLowerCase().includes(digits))
  expect(found).toEqual([])
}

/** Transactions stand in the journal, where they have to; nowhere else. */
function assertUnspoken(raws: readonly string[], { output = '', argv = '', check = '' }: Record<string, string>): void {
  expect(raws.length).toBeGreaterThan(0)
  for (const raw of raws) assertHidden(raw.slice(2, 130), { output, argv, check })
}

const base = (url: string) => ({
  rootChain: { urls: [url], plasmaFramework: network.deployment.framework },
  childChain: { url: network.operatorUrl },
})

function keystoreOf(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'))
  ends.add('keys', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  writeFileSync(join(folder, 'key.json'), text)
  writeFileSync(join(folder, 'password'), `${PASSWORD}\n`)
  return { keystore: join(folder, 'key.json'), passwordFile: join(folder, 'password') }
}

const remote = (url: string, address: Hex) => {
  const { caFile, clientCertFile, clientKeyFile } = certificates
  return { web3signer: { url, address, caFile, clientCertFile, clientKeyFile } }
}

describe('No secret is in anything that a guard says or writes', () => {
  test(
    'with a keystore, while its node has every mishap with a transaction',
    async () => {
      const { privateKey } = network.deployment.accounts.guard
      const node = await clumsyNode(mishaps)
      const keystore = keystoreOf(await sealKeystore(secret(privateKey), secret(PASSWORD), 1024))
      const guard = startGuard({ ...base(node.url), accounts: [keystore] })
      await guard.until('guard started')
      await malloryCheats(network)
      while (node.left.length > 0) await pause(50)
      await guard.until('done_by_us')
      const everything = await everythingOf(guard)
      expect(everything['check']).toContain(`key in ${keystore.keystore}`)
      for (const hidden of [privateKey, PASSWORD]) assertHidden(hidden, everything)
      assertUnspoken(node.raws, everything)

      expect((statSync(guard.data).mode & 0o777).toString(8)).toBe('700')
      const modes = filesIn(guard.data).map((path) => (statSync(path).mode & 0o777).toString(8))
      expect(new Set(modes)).toEqual(new Set(['600']))
      guard.stop()
      expect(await guard.ended).toBe(0)
    },
    LIMIT,
  )

  test(
    'with a key from the environment, while its node refuses the first transaction',
    async () => {
      const { privateKey } = network.deployment.accounts.guard
      const node = await clumsyNode(mishaps.slice(-1))
      const guard = startGuard(base(node.url), { PRIVATE_KEY: privateKey })
      await guard.until('guard started')
      await malloryCheats(network)
      await guard.until('not now')
      await network.time.pass(31n)
      await guard.until('done_by_us')
      const everything = await everythingOf(guard)
      assertHidden(privateKey, everything)
      assertUnspoken(node.raws, everything)
    },
    LIMIT,
  )

  test(
    'with a remote signer, which first repeats what it has signed, then signs something else',
    async () => {
      const { privateKey, address } = network.deployment.accounts.guard
      const account = privateKeyToAccount(privateKey)
      const node = await clumsyNode([])
      const good = web3signer(privateKey)
      const raws: string[] = []
      const signer = await startTlsServer(certificates, async (body, response, request) => {
        const { method, params } = JSON.parse(body) as { method: string; params: Parameters<typeof asFields> }
        if (method !== 'eth_signTransaction' || raws.length === 2) return good(body, response, request)
        const raw = await account.signTransaction({ ...asFields(...params), nonce: 99 })
        raws.push(raw)
        const answer = raws.length === 1 ? { error: { code: -32_000, message: `kept ${raw}` } } : { result: raw }
        response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...answer }))
      })
      ends.add('signer', signer.close)
      const guard = startGuard({ ...base(node.url), accounts: [remote(signer.url, address)] })
      await guard.until('guard started')
      await malloryCheats(network)
      await guard.until('SIGNER_REFUSED')
      await network.time.pass(31n)
      await guard.until('SIGNER_UNTRUE')
      await network.time.pass(61n)
      await guard.until('done_by_us')
      const everything = await everythingOf(guard)
      expect(everything['check']).toContain(`key in the signer ${signer.url}`)
      const key = readFileSync(certificates.clientKeyFile, 'utf8').split('\n')[1] ?? ''
      for (const hidden of [privateKey, key]) assertHidden(hidden, everything)
      assertUnspoken([...node.raws, ...raws], everything)
    },
    LIMIT,
  )
})

describe('A guard whose key is somewhere else', () => {
  test(
    'does not start with a remote signer that does not hold the account, nor with a keystore of another',
    async () => {
      const { guard: own, mallory } = network.deployment.accounts
      const signer = await startTlsServer(certificates, web3signer(mallory.privateKey))
      ends.add('signer', signer.close)
      const remoteGuard = startGuard({ ...base(network.chain.url), accounts: [remote(signer.url, own.address)] })
      expect(await remoteGuard.ended).toBe(1)
      expect(remoteGuard.output()).toContain('ACCOUNT_NOT_HELD')

      const keystore = keystoreOf(await sealKeystore(secret(mallory.privateKey), secret(PASSWORD), 1024))
      const file = { ...base(network.chain.url), accounts: [{ ...keystore, address: own.address }] }
      const keystoreGuard = startGuard(file)
      expect(await keystoreGuard.ended).toBe(1)
      expect(keystoreGuard.output()).toContain('WRONG_KEYSTORE')
    },
    LIMIT,
  )

  test(
    'answers from the second account when the first is poor',
    async () => {
      const { guard: own } = network.deployment.accounts
      const poor = `0x${'0b'.repeat(32)}` as const
      const signer = await startTlsServer(certificates, web3signer(own.privateKey))
      ends.add('signer', signer.close)
      const keystore = keystoreOf(await sealKeystore(secret(poor), secret(PASSWORD), 1024))
      const accounts = [keystore, remote(signer.url, own.address)]
      const guard = startGuard({ ...base(network.chain.url), accounts })
      await guard.until('guard started')
      await malloryCheats(network)
      await guard.until('done_by_us')
      expect(await network.client.getTransactionCount({ address: own.address })).toBe(1)
      assertHidden(poor, await everythingOf(guard))
    },
    LIMIT,
  )
})
