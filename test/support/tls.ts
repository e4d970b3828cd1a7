import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { generate } from 'selfsigned'

/** PEM files of an authority of our own, of a server on the loopback, and of a client that it knows. */
export type Certificates = Awaited<ReturnType<typeof makeCertificates>>

export async function makeCertificates() {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  const file = (name: string, pem: string) => {
    const path = join(folder, name)
    writeFileSync(path, pem, { mode: 0o600 })
    return path
  }
  const authority = await issue('authority')
  const server = await issue('signer', authority)
  const client = await issue('guard', authority)
  return {
    folder,
    server,
    authority,
    caFile: file('ca.pem', authority.cert),
    clientCertFile: file('client.pem', client.cert),
    clientKeyFile: file('client-key.pem', client.private),
    /** Of nobody that the server knows. */
    stranger: await strangerIn(file),
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function strangerIn(file: (name: string, pem: string) => string) {
  const { cert, private: key } = await issue('stranger')
  return {
    caFile: file('other.pem', cert),
    certFile: file('other-cert.pem', cert),
    keyFile: file('other-key.pem', key),
  }
}

type Issuer = { private: string; cert: string }

function issue(name: string, issuer?: Issuer) {
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ...(issuer && { ca: { key: issuer.private, cert: issuer.cert } }),
    extensions: issuer
      ? [
          { name: 'basicConstraints', cA: false },
          { name: 'keyUsage', digitalSignature: true },
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
        ]
      : [
          { name: 'basicConstraints', cA: true, critical: true },
          { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
        ],
  })
}

/** What a server does with the body of a request. */
export type TlsBehaviour = (body: string, response: ServerResponse, request: IncomingMessage) => void | Promise<void>

/** An HTTPS server on the loopback that speaks only to those who show a certificate of the authority. */
export async function startTlsServer({ authority, server: own }: Certificates, first: TlsBehaviour) {
  let behaviour = first
  const options = { key: own.private, cert: own.cert, ca: authority.cert, requestCert: true, rejectUnauthorized: true }
  const server = createServer(options, (request, response) => {
    void text(request).then(
      (body) => behaviour(body, response, request),
      () => undefined,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    behave: (next: TlsBehaviour) => {
      behaviour = next
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
