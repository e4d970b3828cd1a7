import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { parseTransaction, serializeTransaction, type TransactionSerializableEIP1559 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { createRemoteSigner, type RemoteSignerSettings } from '../../src/chain/remote-signer.ts'
import { createSigner, parsePrivateKey } from '../../src/chain/signer.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Address, Wei } from '../../src/plasma/units.ts'
import type { Unsigned } from '../../src/tx/chain-access.ts'
import { type Certificates, makeCertificates, startTlsServer, type TlsBehaviour } from '../support/tls.ts'
import { web3signer } from '../support/web3signer.ts'

/** contracts.md 15: this key's address was written down by others. */
const KEY = `0x${'11'.repeat(32)}` as const
const ADDRESS = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a' as Address
const owner = privateKeyToAccount(KEY)

const transaction: Unsigned = {
  chainId: 31_337n,
  nonce: 0,
  to: `0x${'12'.repeat(20)}` as Address,
  data: '0x70e01462',
  value: 0n as Wei,
  gas: 500_000n,
  maxFeePerGas: (10n ** 11n) as Wei,
  maxPriorityFeePerGas: (10n ** 9n) as Wei,
}
const { chainId, ...rest } = transaction
const fields = { ...rest, chainId: Number(chainId), type: 'eip1559' } as const

let certificates: Certificates
let server: Awaited<ReturnType<typeof startTlsServer>>
beforeAll(async () => {
  certificates = await makeCertificates()
  server = await startTlsServer(certificates, web3signer(KEY))
})
afterAll(async () => {
  await server.close()
  certificates.remove()
})
beforeEach(() => {
  server.behave(web3signer(KEY))
})

function remote(different: Partial<RemoteSignerSettings> = {}) {
  const { caFile, clientCertFile, clientKeyFile } = certificates
  return createRemoteSigner({ url: server.url, address: ADDRESS, caFile, clientCertFile, clientKeyFile, ...different })
}

const answering =
  (body: unknown, status = 200): TlsBehaviour =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
const result = (value: unknown) => answering({ jsonrpc: '2.0', id: 1, result: value })
const signTransaction = async (different?: Partial<RemoteSignerSettings>) =>
  (await remote(different)).signTransaction(transaction)

describe('A remote signer', () => {
  test('signs what the local one with the same key signs, bit for bit', async () => {
    const heard: never[] = []
    server.behave(web3signer(KEY, { heard }))
    const signer = await remote()
    await signer.assertHeld()
    const local = createSigner(parsePrivateKey(KEY))
    expect(signer.address).toBe(local.address)
    for (const each of [
      transaction,
      { ...transaction, nonce: 7, value: (14n * 10n ** 15n) as Wei, data: '0x' as Hex },
    ]) {
      expect(await signer.signTransaction(each)).toEqual(await local.signTransaction(each))
    }
    expect(heard).toMatchObject([
      { jsonrpc: '2.0', method: 'eth_accounts', params: [] },
      {
        method: 'eth_signTransaction',
        params: [
          {
            ...{ from: ADDRESS, to: transaction.to, data: '0x70e01462', nonce: '0x0', value: '0x0', gas: '0x7a120' },
            ...{ maxFeePerGas: '0x174876e800', maxPriorityFeePerGas: '0x3b9aca00' },
          },
        ],
      },
      { method: 'eth_signTransaction' },
    ])
  })

  test('that does not hold the account is told apart from one that does', async () => {
    server.behave(web3signer(`0x${'22'.repeat(32)}`))
    const signer = await remote()
    await expect(signer.assertHeld()).rejects.toMatchObject({
      code: 'ACCOUNT_NOT_HELD',
      retryable: false,
      facts: { address: ADDRESS, others: '1' },
    })
    await expect(signer.signTransaction(transaction)).rejects.toMatchObject({
      code: 'SIGNER_REFUSED',
      retryable: true,
      facts: { rpcCode: '-32000', said: 'No unlocked account matches the Sender' },
    })
    server.behave(result('all of them'))
    await expect(signer.assertHeld()).rejects.toMatchObject({ code: 'ACCOUNT_NOT_HELD' })
  })

  test('is not spoken to without the certificate that it asks for', async () => {
    const { stranger } = certificates
    const unknown = { clientCertFile: stranger.certFile, clientKeyFile: stranger.keyFile }
    for (const shown of [{ clientCertFile: undefined, clientKeyFile: undefined }, unknown]) {
      await expect(signTransaction(shown)).rejects.toMatchObject({ code: 'SIGNER_UNAVAILABLE', retryable: true })
    }
  })

  test('whose certificate nobody vouches for gets no question', async () => {
    let asked = 0
    server.behave(() => {
      asked++
    })
    for (const caFile of [certificates.stranger.caFile, undefined]) {
      await expect(signTransaction({ caFile })).rejects.toMatchObject({
        code: 'SIGNER_UNAVAILABLE',
        facts: { reason: expect.stringMatching(/CERT|SIGNATURE|ISSUER/) },
      })
    }
    const elsewhere = server.url.replace('127.0.0.1', 'localhost')
    await expect(signTransaction({ url: elsewhere })).rejects.toMatchObject({
      facts: { reason: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    })
    expect(asked).toBe(0)
  })

  test('needs files that are there, and that fit together', async () => {
    const broken = join(certificates.folder, 'broken.pem')
    writeFileSync(broken, 'no certificate')
    const bad: Partial<RemoteSignerSettings>[] = [
      { caFile: join(certificates.folder, 'nowhere.pem') },
      { clientCertFile: broken },
      { clientKeyFile: certificates.stranger.keyFile },
    ]
    for (const each of bad) {
      const error: unknown = await remote(each).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 'TLS_FILES_UNUSABLE', retryable: false })
      expect(inspect(error, { depth: 9 })).not.toContain('BEGIN')
    }
  })
})

describe('A remote signer that is in trouble', () => {
  const unavailable = (reason: string) => ({ code: 'SIGNER_UNAVAILABLE', retryable: true, facts: { reason } })

  test.each<[string, TlsBehaviour, string]>([
    ['answers with no JSON', answering('sesame'), 'malformed answer'],
    ['answers with JSON of another kind', answering([1]), 'malformed answer'],
    ['answers with neither result nor error', answering({ jsonrpc: '2.0', id: 1 }), 'malformed answer'],
    ['answers with null', result(null), 'malformed answer'],
    ['is overloaded', answering({ error: { code: -32_000, message: 'later' } }, 503), 'http status 503'],
    ['limits the rate', answering('slow down', 429), 'http status 429'],
    ['knows us not', answering('', 401), 'http status 401'],
    [
      'sends us elsewhere',
      (_, r) => void r.writeHead(307, { location: 'https://127.0.0.1:1' }).end(),
      'http status 307',
    ],
    ['hangs up', (_, r) => void r.destroy(), 'ECONNRESET'],
    ['never ends', (_, r) => void r.writeHead(200).write('{'), 'timeout'],
    ['says nothing', () => undefined, 'timeout'],
    ['talks too much', answering(`"${'a'.repeat(2 * 1024 * 1024)}"`), 'ANSWER_TOO_LARGE'],
  ])('%s: may be asked again later', async (_, behaviour, reason) => {
    server.behave(behaviour)
    await expect(signTransaction({ timeoutMs: reason === 'timeout' ? 300 : 30_000 })).rejects.toMatchObject(
      unavailable(reason),
    )
  })

  test('is gone: may be asked again later', async () => {
    const gone = createServer().listen(0, '127.0.0.1')
    await once(gone, 'listening')
    const { port } = gone.address() as AddressInfo
    gone.close()
    await expect(signTransaction({ url: `https://127.0.0.1:${port}` })).rejects.toMatchObject(
      unavailable('ECONNREFUSED'),
    )
  })

  test('does not know the method: no repetition helps', async () => {
    server.behave(answering({ error: { code: -32_601, message: 'Method not found' } }))
    await expect(signTransaction()).rejects.toMatchObject({ code: 'SIGNER_REFUSED', retryable: false })
    server.behave(answering({ error: { code: -32_602, message: 'Invalid params' } }, 400))
    await expect(signTransaction()).rejects.toMatchObject({ code: 'SIGNER_REFUSED', facts: { said: 'Invalid params' } })
  })

  test('that repeats what it has signed does not bring it into an error', async () => {
    const raw = await owner.signTransaction(fields)
    server.behave(answering({ error: { code: -32_000, message: `cannot store ${raw} at https://db/token` } }))
    const error: unknown = await signTransaction().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ facts: { said: 'cannot store [bytes] at [url]' } })
    expect(inspect(error, { depth: 9 })).not.toContain(raw.slice(2, 80))
  })
})

describe('What a remote signer returns', () => {
  const signedAs = async (different: Partial<TransactionSerializableEIP1559>) =>
    owner.signTransaction({ ...fields, ...different })
  const other = privateKeyToAccount(`0x${'22'.repeat(32)}`)
  const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

  /** The same signature as the order of the curve has it the other way round; no node takes it. */
  async function highS(): Promise<Hex> {
    const { r, s, yParity } = parseTransaction((await signedAs({})) as `0x02${string}`)
    if (!r || !s || yParity === undefined) throw new Error('not signed')
    const twin = `0x${(ORDER - BigInt(s)).toString(16).padStart(64, '0')}` as const
    return serializeTransaction(fields, { r, s: twin, yParity: 1 - yParity })
  }

  test.each<[string, () => Promise<string>, string]>([
    ['for another chain', () => signedAs({ chainId: 1 }), 'it differs in chain id'],
    ['with another nonce', () => signedAs({ nonce: 1 }), 'it differs in nonce'],
    ['to somebody else', () => signedAs({ to: `0x${'66'.repeat(20)}` }), 'it differs in to'],
    ['to nobody', () => signedAs({ to: null }), 'it differs in to'],
    ['with a value', () => signedAs({ value: 1n }), 'it differs in value'],
    ['with other data', () => signedAs({ data: '0x70e01463' }), 'it differs in data'],
    ['without data', () => signedAs({ data: '0x' }), 'it differs in data'],
    ['with more gas', () => signedAs({ gas: 500_001n }), 'it differs in gas'],
    ['for a higher fee', () => signedAs({ maxFeePerGas: 10n ** 11n + 1n }), 'it differs in max fee'],
    ['for a higher tip', () => signedAs({ maxPriorityFeePerGas: 10n ** 10n }), 'it differs in priority fee'],
    ['for others in all', () => signedAs({ nonce: 9, value: 5n }), 'it differs in nonce, value'],
    [
      'with an access list',
      () => signedAs({ accessList: [{ address: `0x${'66'.repeat(20)}`, storageKeys: [] }] }),
      'it is not encoded as it should be',
    ],
    ['by another key', () => other.signTransaction(fields), 'another account has signed it'],
    ['with a signature that no node takes', highS, 'its signature is one that no node takes'],
    ['unsigned', async () => serializeTransaction(fields), 'it is not signed'],
    [
      'as a transaction of before EIP-1559',
      () => owner.signTransaction({ chainId: 31_337, type: 'legacy', nonce: 0, gas: 500_000n, gasPrice: 10n ** 11n }),
      'it is no transaction of type 2',
    ],
    ['with a byte too many', async () => `${await signedAs({})}00`, 'it is no transaction of type 2'],
    ['cut short', async () => (await signedAs({})).slice(0, -2), 'it is no transaction of type 2'],
    ['as no hex', async () => 'signed', 'it is no transaction of type 2'],
    ['as nothing', async () => '0x', 'it is no transaction of type 2'],
  ])('%s is not sent, and not shown', async (_, make, flaw) => {
    const raw = await make()
    server.behave(result(raw))
    const error: unknown = await signTransaction().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'SIGNER_UNTRUE', retryable: false, facts: { flaw, address: ADDRESS } })
    if (raw.length > 20) expect(inspect(error, { depth: 9 })).not.toContain(raw.slice(10, 60))
  })

  test('is taken in upper case as well', async () => {
    const raw = await signedAs({})
    server.behave(result(`0x${raw.slice(2).toUpperCase()}`))
    expect((await signTransaction()).raw).toBe(raw)
  })
})
