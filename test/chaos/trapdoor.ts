import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A way to a node on which one call can be stopped for good, before the node hears of it or before its answer is heard. */
export type Trapdoor = {
  url: string
  /** Resolves when the first call was caught. Only one trap is set at a time. */
  set: (side: 'before' | 'after', matches: (method: string) => boolean) => Promise<void>
  /** Calls pass again; what was caught stays caught. */
  clear: () => void
  close: () => Promise<void>
}

type Trap = { side: 'before' | 'after'; matches: (method: string) => boolean; spring: () => void }

export async function openTrapdoor(target: string): Promise<Trapdoor> {
  let trap: Trap | undefined
  const server = createServer((request, response) => {
    const pass = async () => {
      const body = await bodyOf(request)
      const set = trap
      const caught = set?.matches(methodOf(body)) === true ? set : undefined
      if (caught?.side === 'before') {
        caught.spring()
        return
      }
      const answer = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      const text = await answer.text()
      if (caught) caught.spring()
      else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
    }
    pass().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (side, matches) =>
      new Promise((resolve) => {
        trap = { side, matches, spring: resolve }
      }),
    clear: () => {
      trap = undefined
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

function methodOf(body: string): string {
  const { method } = JSON.parse(body) as { method?: string }
  return method ?? ''
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
