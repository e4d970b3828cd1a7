// What `api` asks: both APIs over a store that lies there, put together as `plasma-guard watch` does, and each answer
// once more from a bare server that knows nothing but its bytes.
import fastify, { type FastifyInstance } from 'fastify'
import { createInfoListener } from '../src/api/info-listener.ts'
import { createFees } from '../src/api/operator-fees.ts'
import type { WatcherApi } from '../src/api/watcher-api.ts'
import { createWatcherListener } from '../src/api/watcher-listener.ts'
import { silentLogger as log } from '../src/lib/logger.ts'
import { sleep } from '../src/lib/sleep.ts'
import { transactionHasher } from '../src/plasma/transaction.ts'
import type { Seconds } from '../src/plasma/units.ts'
import { openIndexDatabase } from '../src/store/index-database.ts'
import { createIndexFollower } from '../src/store/index-follower.ts'
import { createIndexReader } from '../src/store/index-reader.ts'
import { openLedgerFeed } from '../src/store/ledger-feed.ts'
import { loadTools } from '../src/verifier/tools.ts'
import { createBlockChecks } from '../src/watcher/block-checks.ts'
import type { Facts } from '../src/watcher/facts.ts'
import type { RootChain } from '../src/watcher/root-chain.ts'
import { createWatcher } from '../src/watcher/watcher.ts'
import { holder } from './coins.ts'
import { helperSide } from './helper.ts'
import { chain, framework, openFacts } from './store.ts'

/** `folder`: where the store lies. */
export type ServerSettings = { folder: string }
/** Where each request is answered, really and with a constant. */
export type ServerSays = Readonly<Record<Asked, { url: string; bare: string; bytes: number }>>
export type Asked = 'status.get' | 'account.get_utxos'

const SETTINGS = { version: '0.1.0', log }
const PACE = { intervalMs: 1_000, longestMs: 1_000 }
const SLA_MARGIN_BLOCKS = 5_520n

const { settings, say } = helperSide()
const { folder } = settings as ServerSettings
const tools = await loadTools('native')
const recovery = { framework, ...tools }
const { facts } = openFacts(folder)
const stop = new AbortController()
const api = await watched(facts)
const index = await indexed()
const fees = createFees({ ask: () => Promise.reject(new Error('nobody to ask')), now: () => performance.now() })
const info = createInfoListener({ ...api, index, fees }, SETTINGS)
const watcher = createWatcherListener({ ...api, index }, SETTINGS)
say({
  'status.get': await serve(watcher, '/status.get', {}),
  'account.get_utxos': await serve(info, '/account.get_utxos', { address: holder(0) }),
} satisfies ServerSays)

async function serve(listener: FastifyInstance, path: string, payload: object): Promise<ServerSays[Asked]> {
  const { body } = await listener.inject({ method: 'POST', url: path, payload })
  const bare = fastify()
  bare.post(path, (_request, reply) => reply.header('content-type', 'application/json; charset=utf-8').send(body))
  const at = async (server: FastifyInstance) => `${await server.listen({ host: '127.0.0.1', port: 0 })}${path}`
  return { url: await at(listener), bare: await at(bare), bytes: Buffer.byteLength(body) }
}

/** A watcher that has caught up with a root chain on which nothing happens any more. */
async function watched(known: Facts): Promise<WatcherApi> {
  const running = createWatcher(
    {
      rootChain: rootChainOf(known),
      operator: undefined,
      facts: known,
      checks: createBlockChecks(recovery),
      archive: { list: () => [] },
      log,
      sleep,
    },
    {
      ...recovery,
      minExitPeriod: 604_800n as Seconds,
      withholdingSeconds: 172_800n as Seconds,
      slaMarginBlocks: SLA_MARGIN_BLOCKS,
      pace: PACE,
    },
  )
  void running.run(stop.signal)
  while (!running.snapshot()) await sleep(10, stop.signal)
  return {
    watcher: running,
    archive: { store: () => undefined },
    operator: undefined,
    recovery,
    contracts: { framework, ethVault: framework, erc20Vault: framework, paymentExitGame: framework },
    contractSemver: '1.0.4',
    network: 'LOCALCHAIN',
    finalityMarginBlocks: 12n,
    slaMarginBlocks: SLA_MARGIN_BLOCKS,
  }
}

/** As it is known already. */
function rootChainOf({ tips, submitted, ledger }: Facts): RootChain {
  return {
    head: () => {
      const head = tips().at(-1)
      return head ? Promise.resolve(head) : Promise.reject(new Error('the store is empty'))
    },
    block: (number) => Promise.resolve(tips().find((tip) => tip.number === number)),
    events: () => Promise.resolve({ events: [], notices: [], unreadable: [] }),
    submittedBlock: (blknum) => Promise.resolve(submitted(blknum)),
    nextChildBlock: () => Promise.resolve(ledger.nextBlknum()),
  }
}

async function indexed() {
  const { writer, reader } = openIndexDatabase(folder, chain)
  const { feed } = openLedgerFeed(folder)
  const follower = createIndexFollower({ writer, chain, feed, hashOf: transactionHasher(tools.keccak), sleep, log })
  await follower.catchUp()
  void follower.run(stop.signal)
  return createIndexReader(reader, follower)
}
