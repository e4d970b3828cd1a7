import { loadTools } from '../src/verifier/tools.ts'
import type { Answers, Load } from './api-load.ts'
import type { Asked, ServerSays, ServerSettings } from './api-server.ts'
import { percentile, type Bench } from './bench.ts'
import { createMint, holder, HOLDERS } from './coins.ts'
import { startHelper } from './helper.ts'
import { openStore } from './store.ts'

const SIZES = [10_000, 100_000, 1_000_000] as const
const UNITS = { requestsPerSecond: '1/s', p50: 'ms', p99: 'ms' } as const
/** As many as there can be. */
const CROWD = { seconds: 5 }
/** Far fewer than there can be: how long one takes is measured without a queue. */
const TRICKLE = { seconds: 10, perSecond: 100 }

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
      await mint.grow(size, tell)
      store.close()
      await serving({ folder: store.folder }, async (server) => {
        for (const asked of ['status.get', 'account.get_utxos'] as const) {
          const { url, bare, bytes } = server[asked]
          tell(`${asked} answers ${bytes} bytes`)
          const [value, floor] = [await figures(asked, url), await figures(asked, bare)]
          for (const name of ['requestsPerSecond', 'p50', 'p99'] as const) {
            const compared = { value: value[name], floor: floor[name], ratio: value[name] / floor[name] }
            print({ metric: `${asked}.${name}.${size}`, unit: UNITS[name], ...compared })
          }
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

async function figures(asked: Asked, url: string): Promise<Record<keyof typeof UNITS, number>> {
  const { perSecond } = await loaded({ url, bodies: bodies[asked], ...CROWD })
  const { times } = await loaded({ url, bodies: bodies[asked], ...TRICKLE })
  return { requestsPerSecond: perSecond, p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

async function loaded(load: Load): Promise<Answers> {
  const clients = startHelper(new URL('./api-load.js', import.meta.url), load)
  try {
    return (await clients.hear()) as Answers
  } finally {
    await clients.stop()
  }
}
