// The operator of `sync`: makes its blocks beforehand, and serves each as it lies there, by its root.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import { Worker } from 'node:worker_threads'
import type { Hash } from '../src/plasma/units.ts'
import { helperSide } from './helper.ts'
import type { MadeBlock, Part, Chain } from './sync-signer.ts'

/** What this process says: of each block that it is made, at the end where it serves. */
export type OperatorSays = { made: bigint } | { url: string; roots: readonly Hash[] }

const NOT_FOUND = JSON.stringify({ success: false, data: { object: 'error', code: 'get_block:not_found' } })

const { settings, say } = helperSide()
const chain = settings as Chain
const answers = new Map<string, Buffer>()
const roots: Hash[] = []

function make(part: Part): Promise<void> {
  const worker = new Worker(new URL('./sync-signer.js', import.meta.url), { workerData: part })
  worker.on('message', ({ at, root, answer }: MadeBlock) => {
    roots[at] = root
    answers.set(root, Buffer.from(answer.buffer))
    say({ made: at })
  })
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', () => {
      resolve()
    })
  })
}

async function answerTo(request: IncomingMessage): Promise<Buffer | string> {
  const { hash = '' } = JSON.parse(await text(request)) as { hash?: string }
  return answers.get(hash) ?? NOT_FOUND
}

const of = availableParallelism()
await Promise.all(Array.from({ length: of }, (_, index) => make({ ...chain, index, of })))
const server = createServer((request, response) => {
  answerTo(request).then(
    (answer) => response.writeHead(200, { 'content-type': 'application/json' }).end(answer),
    () => response.destroy(),
  )
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  say({ url: `http://127.0.0.1:${port}`, roots })
})
