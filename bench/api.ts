import { loadTools } from '../src/verifier/tools.ts'
import type { Answers, Load } from './api-load.ts'
import type { Asked, ServerSays, ServerSettings } from './api-server.ts'
import { percentile, type Bench } from './bench.ts'
import { createMint, holder, HOLDERS } from './coins.ts'
import { startHelper } from './helper.ts'
import { openStore } from './store.ts'

const SIZES = [10_000, 100_000, 1_000_000] as const
const BLOCK = 65_000
const GAINED = 3
const SECONDS = 5
/** Far from what the server can do: how long one request takes is measured without a queue. */
const PER_SECOND = 50

const bodies: Readonly<Record<Asked, readonly string[]>> = {
  'status.get': ['{}'],
  'account.get_utxos': Array.from({ length: HOLDERS }, (_, index) => JSON.stringify({ address: holder(index) })),
}

/**
 * Both APIs over HTTP: as many requests as there can be on eight connections, and how long each takes when they are few.
 * The floor is a bare server that answers with a constant of the same size.
 */
export const api: Bench = async ({ print, tell }) => {
  const { keccak } = await loadTools('native')
  const store = openStore()
  try {
    const mint = createMint(() => store.facts(), keccak)
    await mint.begin()
    for (const size of SIZES) {
      while (mint.unspent() < size) await mint.block(Math.min(BLOCK, Math.ceil((size - mint.unspent()) / GAINED)))
      tell(`${mint.unspent()} unspent outputs`)
      store.close()
      await serving({ folder: store.folder }, async (server) => {
        for (const asked of ['status.get', 'account.get_utxos'] as const) {
          const { url, bare, bytes } = server[asked]
          tell(`${asked} answers ${bytes} bytes`)
          const [value, floor] = [await figures(asked, url), await figures(asked, bare)]
          const ratio = value.perSecond / floor.perSecond
          const metric = (name: string) => `${asked}.${name}.${size}`
          print({
            metric: metric('requestsPerSecond'),
            value: value.perSecond,
            unit: '1/s',
            floor: floor.perSecond,
            ratio,
          })
          print({ metric: metric('p50'), value: value.p50, unit: 'ms', floor: floor.p50, ratio: value.p50 / floor.p50 })
          print({ metric: metric('p99'), value: value.p99, unit: 'ms', floor: floor.p99, ratio: value.p99 / floor.p99 })
        }
      })
      store.open()
    }
  } finally {
    store.remove()
  }
}

async function serving(settings: ServerSettings, work: (server: ServerSays) => Promise<void>): Promise<void> {
  const server = startHelper(new URL('./api-server.js', import.meta.url), settings)
  try {
    await work((await server.hear()) as ServerSays)
  } finally {
    await server.stop()
  }
}

async function figures(asked: Asked, url: string): Promise<{ perSecond: number; p50: number; p99: number }> {
  const { perSecond } = await loaded({ url, bodies: bodies[asked], seconds: SECONDS })
  const { times } = await loaded({ url, bodies: bodies[asked], seconds: SECONDS, perSecond: PER_SECOND })
  return { perSecond, p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

async function loaded(load: Load): Promise<Answers> {
  const clients = startHelper(new URL('./api-load.js', import.meta.url), load)
  try {
    return (await clients.hear()) as Answers
  } finally {
    await clients.stop()
  }
}
