import { describe, expect, test } from '@jest/globals'
import { infoRoutes } from '../../src/api/info-listener.ts'
import { watcherRoutes } from '../../src/api/watcher-routes.ts'
import type { InfoApi } from '../../src/api/info-api.ts'
import { network } from '../watcher/network.ts'
import { schemaCheck, type OpenApi } from './schema-check.ts'
import { contracts, useApi, useInfoApi } from './serve.ts'

const serving = useApi()
const servingInfo = useInfoApi()

const nothing = { recovery: { framework: contracts.framework } } as InfoApi
const pathsOf = (routes: readonly { path: string }[]) => routes.map(({ path }) => path)

async function descriptionOf({ listener }: { listener: { inject: (url: string) => Promise<{ body: string }> } }) {
  return JSON.parse((await listener.inject('/openapi.json')).body) as OpenApi
}

/** As elixir-omg's router has them (watcher.md 2.2 and 2.3). */
const security = [
  '/account.get_exitable_utxos',
  '/alarm.get',
  '/block.validate',
  '/configuration.get',
  '/in_flight_exit.get_competitor',
  '/in_flight_exit.get_data',
  '/in_flight_exit.get_input_challenge_data',
  '/in_flight_exit.get_output_challenge_data',
  '/in_flight_exit.prove_canonical',
  '/status.get',
  '/transaction.batch_submit',
  '/transaction.submit',
  '/utxo.get_challenge_data',
  '/utxo.get_exit_data',
]
const info = [
  '/account.get_balance',
  '/account.get_transactions',
  '/account.get_utxos',
  '/block.all',
  '/block.get',
  '/deposit.all',
  '/fees.all',
  '/stats.get',
  '/transaction.all',
  '/transaction.create',
  '/transaction.get',
  '/transaction.merge',
  '/transaction.submit_typed',
]

describe('/openapi.json', () => {
  test('describes every route of the security-critical API', async () => {
    const { openapi, paths } = await descriptionOf(serving(network()))
    expect(openapi).toBe('3.1.0')
    expect(Object.keys(paths).sort()).toEqual([...security, '/openapi.json'].sort())
    expect(pathsOf(watcherRoutes(nothing)).sort()).toEqual(security)
  })

  test('describes every route of the Info API, which serves the others too', async () => {
    const { paths } = await descriptionOf(servingInfo(network()))
    expect(Object.keys(paths).sort()).toEqual([...security, ...info, '/openapi.json'].sort())
    expect(pathsOf(infoRoutes(nothing)).sort()).toEqual(info)
  })

  test('tells what a body must hold', async () => {
    const { takes } = schemaCheck(await descriptionOf(servingInfo(network())))
    const address = `0x${'aB'.repeat(20)}`
    expect(takes('/account.get_balance', { address })).toBe(true)
    expect(takes('/account.get_balance', { address, jsonrpc: '2.0', id: 0 })).toBe(true)
    expect(takes('/account.get_balance', {})).toBe(false)
    expect(takes('/account.get_balance', { address: address.slice(2) })).toBe(false)
    expect(takes('/transaction.all', {})).toBe(true)
    expect(takes('/transaction.all', { address: null, limit: 10 })).toBe(true)
    expect(takes('/transaction.all', { limit: 1_000 })).toBe(false)
    expect(takes('/transaction.merge', { utxo_positions: [1] })).toBe(false)
    expect(takes('/utxo.get_exit_data', { utxo_pos: 0 })).toBe(false)
  })
})
