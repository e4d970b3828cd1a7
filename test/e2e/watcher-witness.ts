import { createServer } from 'node:http'
import { schemaCheck, type OpenApi } from '../api/schema-check.ts'

type Exchange = { method: string; url: string; status: number; text: string }

/** Stands between clients and an API, and remembers what was answered. Resolves when it listens. */
export async function openWitness(target: string) {
  const exchanges: Exchange[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const { method = 'GET', url = '/' } = request
      const answer = await fetch(target + url, {
        method,
        headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
        ...(method === 'POST' && { body: Buffer.concat(parts) }),
      })
      const text = await answer.text()
      exchanges.push({ method, url, status: answer.status, text })
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
    })()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('The witness does not listen.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    /** Holds every answer against the API's own description. Returns which operations were asked. */
    check: async (): Promise<ReadonlySet<string>> => {
      const description = (await (await fetch(`${target}/openapi.json`)).json()) as OpenApi
      const { checkAnswer } = schemaCheck(description)
      for (const exchange of exchanges) checkAnswer(exchange)
      return new Set(exchanges.map(({ url }) => url))
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
