import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sealKeystore } from '../../src/chain/keystore.ts'
import { assertHeld, loadSigner, loadSigners } from '../../src/guard/signers.ts'
import { secret } from '../../src/lib/secret.ts'
import type { Address, Wei } from '../../src/plasma/units.ts'
import { type Certificates, makeCertificates, startTlsServer } from '../support/tls.ts'
import { web3signer } from '../support/web3signer.ts'

const KEY = `0x${'11'.repeat(32)}` as const
const ADDRESS = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a' as Address
const other = `0x${'ab'.repeat(20)}` as Address

let folder: string
let certificates: Certificates
let server: Awaited<ReturnType<typeof startTlsServer>>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signers-'))
  writeFileSync(join(folder, 'key.json'), await sealKeystore(secret(KEY), secret('pw'), 1024))
  writeFileSync(join(folder, 'password'), 'pw\n')
  certificates = await makeCertificates()
  server = await startTlsServer(certificates, web3signer(KEY))
})
afterAll(async () => {
  await server.close()
  certificates.remove()
  rmSync(folder, { recursive: true })
})

const keystore = () => ({ keystore: join(folder, 'key.json'), passwordFile: join(folder, 'password') })
const remote = (address: Address) => {
  const { caFile, clientCertFile, clientKeyFile } = certificates
  return { web3signer: { url: server.url, address, caFile, clientCertFile, clientKeyFile } }
}

describe('The accounts of a configuration', () => {
  test('are one account, and sign alike, wherever the key is kept', async () => {
    const signers = await loadSigners([keystore(), { privateKey: secret(KEY) }, remote(ADDRESS)])
    await assertHeld(signers)
    const transaction = {
      ...{ chainId: 31_337n, nonce: 3, to: other, data: '0x01' as const, value: 5n as Wei, gas: 100_000n },
      ...{ maxFeePerGas: (10n ** 10n) as Wei, maxPriorityFeePerGas: 7n as Wei },
    }
    const [first, ...others] = await Promise.all(signers.map((signer) => signer.signTransaction(transaction)))
    expect(signers.map(({ address }) => address)).toEqual([ADDRESS, ADDRESS, ADDRESS])
    expect(others).toEqual([first, first])
  })

  test('are refused when a keystore holds another one than it should', async () => {
    await expect(loadSigner({ ...keystore(), address: ADDRESS })).resolves.toMatchObject({ address: ADDRESS })
    await expect(loadSigner({ ...keystore(), address: other })).rejects.toMatchObject({
      code: 'WRONG_KEYSTORE',
      facts: { holds: ADDRESS, wanted: other, file: join(folder, 'key.json') },
    })
  })

  test('are refused when a remote signer does not hold one of them', async () => {
    const signers = await loadSigners([keystore(), remote(ADDRESS), remote(other)])
    await expect(assertHeld(signers)).rejects.toMatchObject({ code: 'ACCOUNT_NOT_HELD', facts: { address: other } })
  })
})
