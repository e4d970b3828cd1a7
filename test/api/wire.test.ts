import { describe, expect, test } from '@jest/globals'
import type { Logger } from '../../src/lib/logger.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { network } from '../watcher/network.ts'
import { failure, useApi } from './serve.ts'

const serving = useApi()
const described = { description: expect.any(String) as unknown }
const invalid = (parameter: string, validator: string) =>
  failure('operation:bad_request', { ...described, messages: { validation_error: { parameter, validator } } })

describe('a request that the server cannot take', () => {
  const badJson = ['{', '{"utxo_pos": 1,}', 'null null', '"open', '['.repeat(100_000), '{"a":1}x', 'Infinity', '01']

  for (const payload of badJson) {
    test(`is malformed JSON: ${payload.slice(0, 20)}`, async () => {
      const { request } = serving(network())
      const { status, envelope } = await request('POST', '/status.get', { payload })
      expect(status).toBe(400)
      expect(envelope).toEqual(
        failure('operation:bad_request', { description: 'Server has failed to parse the request.' }),
      )
    })
  }

  test('has a path or a method that is none', async () => {
    const { request } = serving(network())
    for (const [method, path] of [
      ['POST', '/utxo.steal'],
      ['GET', '/status.get'],
      ['POST', '/alarm.get'],
      ['GET', '/'],
    ] as const) {
      const { status, envelope } = await request(method, path)
      expect(status).toBe(200)
      expect(envelope).toEqual(failure('operation:not_found', described))
    }
  })

  test('is not JSON', async () => {
    const { request } = serving(network())
    const { status, envelope } = await request('POST', '/status.get', {
      payload: 'a=1',
      type: 'application/x-www-form-urlencoded',
    })
    expect(status).toBe(415)
    expect(envelope).toEqual(failure('operation:bad_request', described))
  })

  test('is larger than anything that is asked here', async () => {
    const { request } = serving(network())
    const { status, envelope } = await request('POST', '/status.get', { payload: `"${'x'.repeat(8_000_000)}"` })
    expect(status).toBe(413)
    expect(envelope).toEqual(failure('operation:bad_request', described))
  })
})

describe('a parameter', () => {
  const cases: readonly [path: string, body: unknown, parameter: string, validator: string][] = [
    ['/utxo.get_exit_data', {}, 'utxo_pos', ':integer'],
    ['/utxo.get_exit_data', { utxo_pos: '1' }, 'utxo_pos', ':integer'],
    ['/utxo.get_exit_data', { utxo_pos: 1.5 }, 'utxo_pos', ':integer'],
    ['/utxo.get_exit_data', { utxo_pos: null }, 'utxo_pos', ':integer'],
    ['/utxo.get_exit_data', { utxo_pos: 0n }, 'utxo_pos', '{:greater, 0}'],
    ['/utxo.get_challenge_data', { utxo_pos: -1n }, 'utxo_pos', '{:greater, 0}'],
    ['/account.get_exitable_utxos', {}, 'address', ':hex'],
    ['/account.get_exitable_utxos', { address: 'a1'.repeat(20) }, 'address', ':hex'],
    ['/account.get_exitable_utxos', { address: '0xzz' }, 'address', ':hex'],
    ['/account.get_exitable_utxos', { address: '0xa1' }, 'address', '{:length, 20}'],
    ['/transaction.submit', { transaction: 7n }, 'transaction', ':hex'],
    ['/transaction.submit', { transaction: '0x1' }, 'transaction', ':hex'],
    ['/transaction.batch_submit', { transactions: '0x12' }, 'transactions', ':list'],
    ['/transaction.batch_submit', { transactions: ['0x1'] }, 'transactions.transaction', ':hex'],
    ['/in_flight_exit.get_data', {}, 'txbytes', ':hex'],
    ['/in_flight_exit.get_competitor', { txbytes: [] }, 'txbytes', ':hex'],
    ['/in_flight_exit.prove_canonical', { txbytes: {} }, 'txbytes', ':hex'],
    ['/in_flight_exit.get_input_challenge_data', { input_index: 0n }, 'txbytes', ':hex'],
    ['/in_flight_exit.get_input_challenge_data', { txbytes: '0x' }, 'input_index', ':integer'],
    [
      '/in_flight_exit.get_output_challenge_data',
      { txbytes: '0x', output_index: -1n },
      'output_index',
      '{:greater, -1}',
    ],
    ['/block.validate', { hash: '0x12' }, 'hash', '{:length, 32}'],
    ['/block.validate', { hash: `0x${'12'.repeat(32)}`, transactions: [1n], number: 1n }, 'transactions.hash', ':hex'],
    ['/block.validate', { hash: `0x${'12'.repeat(32)}`, transactions: [] }, 'number', ':integer'],
  ]

  for (const [path, body, parameter, validator] of cases) {
    test(`${parameter} of ${path} fails ${validator}`, async () => {
      const { look, post } = serving(network())
      await look()
      expect(await post(path, body)).toEqual(invalid(parameter, validator))
    })
  }

  test('that nobody asked for is ignored, as are a query and what inherits from nothing', async () => {
    const { look, post } = serving(network())
    await look()
    const body = { jsonrpc: '2.0', id: 0n, utxo_pos: 5_000_000_000n }
    expect(await post('/utxo.get_challenge_data?utxo_pos=x', body)).toEqual(
      failure('challenge:exit_not_found', described),
    )
    expect(await post('/utxo.get_exit_data', { __proto__: null, toString: 1n })).toEqual(
      invalid('utxo_pos', ':integer'),
    )
    expect(await post('/utxo.get_exit_data', [1n])).toEqual(invalid('utxo_pos', ':integer'))
  })

  test('may be an integer beyond what JavaScript counts, even a silly one', async () => {
    const { look, request } = serving(network())
    await look()
    for (const digits of ['9007199254740993000000001', '1'.repeat(60)]) {
      const { envelope } = await request('POST', '/utxo.get_challenge_data', { payload: `{"utxo_pos":${digits}}` })
      expect(envelope).toEqual(failure('challenge:exit_not_found', described))
    }
    const { envelope } = await request('POST', '/utxo.get_challenge_data', {
      payload: `{"utxo_pos":${'9'.repeat(200_000)}}`,
    })
    expect(envelope).toEqual(invalid('utxo_pos', ':integer'))
  })
})

describe('a watcher that does not see', () => {
  test('says so, whatever it is asked', async () => {
    const { post, get, archived } = serving(network())
    const unavailable = failure('operation:service_unavailable', described)
    expect(await post('/status.get', {})).toEqual(unavailable)
    expect(await post('/utxo.get_exit_data', { utxo_pos: 1n })).toEqual(unavailable)
    expect(await post('/transaction.submit', { transaction: '0xc0' })).toEqual(unavailable)
    expect(archived).toEqual([])
    expect(await get('/alarm.get')).toMatchObject({
      success: true,
      data: [{ boot_in_progress: { node: expect.any(String) as unknown, reporter: expect.any(String) as unknown } }],
    })
  })

  test('because its node has gone away', async () => {
    const net = network()
    const { look, post, get } = serving(net)
    await look()
    expect(await get('/alarm.get')).toMatchObject({ success: true, data: [] })
    net.chain.breakDown()
    for (let poll = 0; poll < 3; poll++) await look()
    expect(await post('/status.get', {})).toEqual(failure('operation:service_unavailable', described))
    expect(await get('/alarm.get')).toMatchObject({ data: [{ ethereum_connection_error: {} }] })
  })
})

test('a bug is an internal error, told without its details and written into the log', async () => {
  const said: unknown[] = []
  const log: Logger = { ...silentLogger, error: ({ err }) => said.push(err) }
  const bug = new Error('secret detail')
  const { look, request, watcher } = serving(network(), { log })
  await look()
  watcher.snapshot = () => {
    throw bug
  }
  const { status, text, envelope } = await request('POST', '/status.get', { payload: '{}' })
  expect(status).toBe(500)
  expect(envelope).toEqual(failure('server:internal_server_error', described))
  expect(text).not.toContain('secret detail')
  expect(said).toEqual([bug])
})

test('the configuration tells what a client must know', async () => {
  const { get } = serving(network())
  expect(await get('/configuration.get')).toMatchObject({
    success: true,
    data: {
      contract_semver: '1.0.4+a69c763',
      deposit_finality_margin: 12n,
      exit_processor_sla_margin: 20n,
      network: 'LOCALCHAIN',
    },
  })
})
