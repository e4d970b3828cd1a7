import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a server does with a request: the body has been read. */
export type Behaviour = (request: { path: string; body: string }, response: ServerResponse) => void

export type HttpServer = { url: string; behave: (behaviour: Behaviour) => void; close: () => Promise<void> }

/** A server on a free port of the loopback, that does what each test wants. */
export async function startServer(): Promise<HttpServer> {
  let behaviour: Behaviour = (_, response) => response.end()
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      behaviour({ path: request.url ?? '', body }, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    behave: (next) => {
      behaviour = next
    },
    close: () => close(server),
  }
}

export const answering =
  (body: string, status = 200): Behaviour =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
