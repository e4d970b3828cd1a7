import { afterEach } from '@jest/globals'
import { parse, stringify } from 'lossless-json'
import { createWatcherListener } from '../../src/api/watcher-listener.ts'
import { silentLogger, type Logger } from '../../src/lib/logger.ts'
import type { Address } from '../../src/plasma/units.ts'
import type { Operator } from '../../src/watcher/operator.ts'
import type { ArchivedTransaction } from '../../src/watcher/transaction-archive.ts'
import { framework } from '../support/transactions.ts'
import { useWatchers, type Network } from '../watcher/network.ts'

export const contracts = {
  framework,
  ethVault: `0x${'e1'.repeat(20)}` as Address,
  erc20Vault: `0x${'e2'.repeat(20)}` as Address,
  paymentExitGame: `0x${'e3'.repeat(20)}` as Address,
}

type Different = { operator?: Pick<Operator, 'submit'> | undefined; log?: Logger }

/** Serves the API of a watcher of a network, without a socket. Every integer comes back as a bigint. */
export function useApi() {
  const watching = useWatchers()
  let closes: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    await Promise.all(closes.map((close) => close()))
    closes = []
  })

  return (net: Network, different: Different = {}) => {
    const watched = watching(net)
    const archived: ArchivedTransaction[] = []
    const { log = silentLogger, ...others } = different
    const listener = createWatcherListener(
      {
        watcher: watched.watcher,
        archive: { store: (transaction) => archived.push(transaction) },
        operator: net.operator,
        recovery: { framework },
        contracts,
        contractSemver: '1.0.4+a69c763',
        network: 'LOCALCHAIN',
        finalityMarginBlocks: 12n,
        slaMarginBlocks: 20n,
        ...others,
      },
      { version: '0.1.0', log },
    )
    closes.push(() => listener.close())

    async function request(method: 'GET' | 'POST', url: string, { payload = '', type = 'application/json' } = {}) {
      const headers = payload === '' ? {} : { 'content-type': type }
      const { statusCode, body } = await listener.inject({ method, url, headers, payload })
      return { status: statusCode, text: body, envelope: parse(body, null, readNumber) as Record<string, unknown> }
    }

    return {
      ...watched,
      archived,
      listener,
      request,
      /** The whole envelope that answers a POST. */
      post: async (path: string, body: unknown) =>
        (await request('POST', path, { payload: stringify(body) ?? '' })).envelope,
      get: async (path: string) => (await request('GET', path)).envelope,
    }
  }
}

function readNumber(text: string): bigint | number {
  return /^-?\d+$/.test(text) ? BigInt(text) : Number(text)
}

export function success(data: unknown) {
  return { version: '0.1.0', service_name: 'watcher', success: true, data }
}

/** Descriptions are for people and may be reworded; `null` is part of the wire. */
export function failure(code: string, more: object = { description: null }) {
  return { version: '0.1.0', service_name: 'watcher', success: false, data: { object: 'error', code, ...more } }
}
