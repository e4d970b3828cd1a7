import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import type { FastifyInstance } from 'fastify'
import { parse, stringify } from 'lossless-json'
import { createInfoListener } from '../../src/api/info-listener.ts'
import { createFees } from '../../src/api/operator-fees.ts'
import type { WatcherApi } from '../../src/api/watcher-api.ts'
import { createWatcherListener } from '../../src/api/watcher-listener.ts'
import { silentLogger, type Logger } from '../../src/lib/logger.ts'
import { ETH, type Address } from '../../src/plasma/units.ts'
import { createFacts } from '../../src/store/facts.ts'
import { createLedgerFeed } from '../../src/store/ledger-feed.ts'
import { openLedgerDatabase } from '../../src/store/ledger-database.ts'
import type { Operator } from '../../src/watcher/operator.ts'
import type { ArchivedTransaction } from '../../src/watcher/transaction-archive.ts'
import { framework } from '../support/transactions.ts'
import { openIndex } from '../store/index-stage.ts'
import { useWatchers, type Network } from '../watcher/network.ts'
import { schemaCheck, type OpenApi } from './schema-check.ts'

export const contracts = {
  framework,
  ethVault: `0x${'e1'.repeat(20)}` as Address,
  erc20Vault: `0x${'e2'.repeat(20)}` as Address,
  paymentExitGame: `0x${'e3'.repeat(20)}` as Address,
}

type Different = { operator?: Pick<Operator, 'submit'> | undefined; log?: Logger }

/** Takes the ends of what a test has opened; the last one first. */
function useEnds(): (end: () => unknown) => void {
  let ends: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of ends.toReversed()) await end()
    ends = []
  })
  return (end) => {
    ends.push(end)
  }
}

/** Serves the API of a watcher of a network, without a socket. Every integer comes back as a bigint. */
export function useApi() {
  const atEnd = useEnds()
  const watching = useWatchers()
  return (net: Network, { log = silentLogger, ...different }: Different = {}) => {
    const watched = watching(net)
    const { api, archived } = apiOf(net, watched.watcher, different)
    const listener = createWatcherListener(api, { version: '0.1.0', log })
    atEnd(() => listener.close())
    return { ...watched, archived, listener, ...clientOf(listener) }
  }
}

/** What the operator takes, and how he says it. */
const cheap = { '1': [{ currency: ETH, amount: 1n, subunit_to_unit: 10n ** 18n, pegged_amount: null }] }

/** Serves the Info API of a watcher whose store and index are real. */
export function useInfoApi() {
  const atEnd = useEnds()
  const watching = useWatchers()
  return (net: Network, different: Different & { fees?: () => Promise<unknown> } = {}) => {
    const { log = silentLogger, fees = async () => ({ success: true, data: cheap }), ...others } = different
    const folder = mkdtempSync(join(tmpdir(), 'plasma-guard-info-'))
    atEnd(() => {
      rmSync(folder, { recursive: true })
    })
    const database = openLedgerDatabase(folder, { chainId: 31_337n, framework })
    atEnd(database.close)
    const watched = watching(net, { facts: createFacts({ database, log: silentLogger }) })
    atEnd(watched.end)
    const opened = openIndex(folder, createLedgerFeed(database.reader))
    atEnd(opened.close)
    const { api, archived } = apiOf(net, watched.watcher, others)
    const parts = { ...api, index: opened.index, fees: createFees({ ask: fees, now: () => 0 }) }
    const listener = createInfoListener(parts, { version: '0.1.0', log })
    atEnd(() => listener.close())
    return {
      ...watched,
      archived,
      listener,
      ...clientOf(listener),
      look: async () => {
        await watched.look()
        await opened.follower.catchUp()
      },
    }
  }
}

function apiOf(net: Network, watcher: WatcherApi['watcher'], different: Partial<WatcherApi>) {
  const archived: ArchivedTransaction[] = []
  const api: WatcherApi = {
    watcher,
    archive: { store: (transaction) => archived.push(transaction) },
    operator: {
      submit: async (signedTx) => {
        await net.operator.submit(signedTx)
        return { ok: true, answer: taken }
      },
    },
    recovery: { framework },
    contracts,
    contractSemver: '1.0.4+a69c763',
    network: 'LOCALCHAIN',
    finalityMarginBlocks: 12n,
    slaMarginBlocks: 20n,
    ...different,
  }
  return { api, archived }
}

/** What this operator says of whatever he takes. */
export const taken = { blknum: 1000n, txindex: 0n, txhash: `0x${'7a'.repeat(32)}` }

type Request = { payload?: string; type?: string }

/** Asks a listener. Every answer must be as the listener itself describes its answers. */
function clientOf(listener: FastifyInstance) {
  let check: ReturnType<typeof schemaCheck> | undefined
  async function checks() {
    check ??= schemaCheck(JSON.parse((await listener.inject('/openapi.json')).body) as OpenApi)
    return check
  }

  async function request(
    method: 'GET' | 'POST',
    url: string,
    { payload = '', type = 'application/json' }: Request = {},
  ) {
    const headers = payload === '' ? {} : { 'content-type': type }
    const { statusCode, body } = await listener.inject({ method, url, headers, payload })
    const { checkAnswer } = await checks()
    checkAnswer({ method, url, status: statusCode, text: body })
    return { status: statusCode, text: body, envelope: parse(body, null, readNumber) as Record<string, unknown> }
  }

  return {
    request,
    /** The whole envelope that answers a POST. */
    post: async (path: string, body: unknown) =>
      (await request('POST', path, { payload: stringify(body) ?? '' })).envelope,
    get: async (path: string) => (await request('GET', path)).envelope,
  }
}

function readNumber(text: string): bigint | number {
  return /^-?\d+$/.test(text) ? BigInt(text) : Number(text)
}

export function success(data: unknown, service = 'watcher') {
  return { version: '0.1.0', service_name: service, success: true, data }
}

/** Descriptions are for people and may be reworded; `null` is part of the wire. */
export function failure(code: string, more: object = { description: null }, service = 'watcher') {
  return { version: '0.1.0', service_name: service, success: false, data: { object: 'error', code, ...more } }
}
