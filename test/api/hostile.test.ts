import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { alice } from '../support/signers.ts'
import { network } from '../watcher/network.ts'
import { createListener } from '../../src/api/listener.ts'
import { envelopeOf } from '../../src/api/answer.ts'
import { described, post as route } from '../../src/api/route.ts'
import { hex } from '../../src/api/params.ts'
import { answered } from '../../src/api/answer.ts'
import { truth } from '../../src/api/schema.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { useInfoApi } from './serve.ts'

const serving = useInfoApi()
const posts = [
  '/status.get',
  '/account.get_exitable_utxos',
  '/account.get_balance',
  '/account.get_utxos',
  '/account.get_transactions',
  '/block.validate',
  '/block.all',
  '/block.get',
  '/deposit.all',
  '/fees.all',
  '/stats.get',
  '/transaction.all',
  '/transaction.batch_submit',
  '/transaction.create',
  '/transaction.get',
  '/transaction.merge',
  '/transaction.submit',
  '/transaction.submit_typed',
  '/utxo.get_exit_data',
  '/utxo.get_challenge_data',
  '/in_flight_exit.get_data',
  '/in_flight_exit.get_competitor',
  '/in_flight_exit.prove_canonical',
  '/in_flight_exit.get_input_challenge_data',
  '/in_flight_exit.get_output_challenge_data',
]

/** Every name that any route reads. */
const names = [
  ...['address', 'amount', 'block', 'blknum', 'currencies', 'currency', 'domain', 'end_datetime', 'fee', 'hash', 'id'],
  ...[
    'input_index',
    'limit',
    'message',
    'metadata',
    'number',
    'output_index',
    'owner',
    'page',
    'payments',
    'signatures',
  ],
  ...['transaction', 'transactions', 'tx_types', 'txbytes', 'txtypes', 'utxo_pos', 'utxo_positions'],
]

const word = `"0x${'12'.repeat(32)}"`
const values: Record<string, string> = {
  'a huge integer': '9'.repeat(90),
  'an integer of a thousand digits': '9'.repeat(1_000),
  'a huge exponent': '1e999',
  'a negative integer': '-1',
  'a fraction': '0.5',
  null: 'null',
  truth: 'true',
  'an empty text': '""',
  'a word of bytes': word,
  'half a byte': '"0x123"',
  'RLP of nothing': '"0xc0"',
  'RLP that promises too much': '"0xffffffffffffffffff"',
  'RLP in RLP in RLP': `"0x${'c1'.repeat(20_000)}c0"`,
  'a long list': `[${Array.from({ length: 20_000 }, () => '1').join(',')}]`,
  'a list of lists': '[[[[]]]]',
  'a deep list': `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  'an object': '{"__proto__":{"a":1},"constructor":1,"toString":null}',
}

describe('whatever a client sends', () => {
  test('as every parameter of every operation, it gets an answer', async () => {
    const { look, request } = serving(network())
    await look()
    for (const [what, value] of Object.entries(values)) {
      const payload = `{${names.map((name) => `"${name}":${value}`).join(',')}}`
      for (const path of posts) {
        const { status, envelope } = await request('POST', path, { payload })
        expect({ what, path, status }).not.toEqual({ what, path, status: 500 })
        expect(envelope).toMatchObject({ service_name: 'watcher_info' })
      }
    }
  })

  test('a list of a hundred thousand is read in no time', async () => {
    const { look, request } = serving(network())
    await look()
    const payload = `{"utxo_positions":[${Array.from({ length: 100_000 }, () => '1').join(',')}]}`
    const begin = performance.now()
    const { envelope } = await request('POST', '/transaction.merge', { payload })
    expect(performance.now() - begin).toBeLessThan(5_000)
    expect(envelope).toMatchObject({ data: { messages: { validation_error: { validator: '{:max_length, 4}' } } } })
  })

  test('a path that cannot be read is refused like any other request', async () => {
    const { request } = serving(network())
    for (const path of ['/%zz', '/status.get%', `/${'a'.repeat(10_000)}`]) {
      const { envelope } = await request('POST', path, { payload: '{}' })
      expect(envelope).toMatchObject({ success: false })
    }
  })

  test('a page of another origin is told nothing that would let it read', async () => {
    const { listener, request } = serving(network())
    const { headers } = await listener.inject({
      ...{ method: 'POST', url: '/status.get', payload: '{}' },
      headers: { 'content-type': 'application/json', origin: 'https://mallory.example' },
    })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    const plain = await request('POST', '/account.get_balance', {
      payload: `{"address":"${alice.address}"}`,
      type: 'text/plain',
    })
    expect(plain.status).toBe(415)
  })
})

describe('a client that takes its time', () => {
  const sockets: Socket[] = []
  const ends: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    for (const end of ends.splice(0)) await end()
  })

  async function listen(): Promise<number> {
    const listener = createListener({
      routes: [
        described(
          { summary: '', data: truth },
          route('/echo', { text: hex }, () => answered(true)),
        ),
      ],
      service: { title: 'test', version: '0' },
      envelope: envelopeOf({ name: 'watcher', version: '0' }),
      log: silentLogger,
      patience: { headersMs: 300, requestMs: 300, idleMs: 300, lookMs: 50 },
    })
    ends.push(() => listener.close())
    await listener.listen({ host: '127.0.0.1', port: 0 })
    const address = listener.server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  /** Sends this and waits for the end of the connection. */
  async function talk(...parts: string[]): Promise<string> {
    const socket = connect(await listen(), '127.0.0.1')
    sockets.push(socket)
    let heard = ''
    socket.on('data', (bytes: Buffer) => (heard += bytes.toString()))
    const over = new Promise<void>((resolve) => socket.once('close', resolve))
    socket.on('error', () => undefined)
    for (const part of parts) socket.write(part)
    await over
    return heard
  }

  const head = 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'

  test('over its headers is cut off', async () => {
    const heard = await talk('POST /echo HTTP/1.1\r\nhost:')
    expect(heard).toContain('408 Request Timeout')
    expect(heard).toContain('"code":"operation:bad_request"')
  })

  test('over its body is cut off', async () => {
    const heard = await talk(`${head}content-length: 100\r\n\r\n{"text":`)
    expect(heard).toContain('408 Request Timeout')
  })

  test('and asks nothing more is cut off', async () => {
    const heard = await talk(`${head}content-length: 15\r\n\r\n{"text":"0x12"}`)
    expect(heard).toContain('"success":true')
  })

  test('or speaks no HTTP is refused', async () => {
    const heard = await talk('GIVE ME ALL\r\n\r\n')
    expect(heard).toContain('400 Bad Request')
    expect(heard).toContain('"service_name":"watcher"')
  })

  test('or sends headers without end is refused', async () => {
    const heard = await talk(`${head}x: ${'y'.repeat(100_000)}\r\n\r\n`)
    expect(heard).toMatch(/^HTTP\/1\.1 4\d\d/)
  })
})
