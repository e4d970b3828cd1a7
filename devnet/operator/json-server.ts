import { createServer, type IncomingMessage, type Server } from 'node:http'
import { stringify } from 'lossless-json'

/** A request whose body has been read; `body` is undefined when it is no JSON. */
export type JsonRequest = { method: string; path: string; body: unknown }

/** Bigints are written as JSON integers. */
export type JsonAnswer = { status: number; body: unknown }

export type JsonServer = { url: string; close: () => Promise<void> }

const BODY_LIMIT = 4_000_000

/**
 * Answers HTTP with JSON. Port 0 takes any free one. What the handler throws becomes a bare 500.
 *
 * @throws when the port is taken.
 */
export async function serveJson(
  at: { port: number; host?: string },
  handle: (request: JsonRequest) => Promise<JsonAnswer>,
): Promise<JsonServer> {
  const server = createServer((request, response) => {
    readRequest(request)
      .then(handle)
      .catch(() => ({ status: 500, body: {} }))
      .then(({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(stringify(body)),
      )
      .catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host ?? '127.0.0.1', resolve)
  })
  return { url: urlOf(server), close: () => close(server) }
}

function urlOf(server: Server): string {
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('The server is not listening.')
  return `http://${address.address}:${address.port}`
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeAllConnections()
  })
}

async function readRequest(request: IncomingMessage): Promise<JsonRequest> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes = chunk as Buffer
    length += bytes.length
    if (length <= BODY_LIMIT) chunks.push(bytes)
  }
  const path = (request.url ?? '/').replace(/\?.*$/, '')
  const text = length <= BODY_LIMIT ? Buffer.concat(chunks).toString('utf8') : ''
  return { method: request.method ?? 'GET', path, body: parse(text) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
