import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createOperator } from '../../src/chain/operator.ts'
import type { Hash } from '../../src/plasma/units.ts'
import { answering, type Behaviour, type HttpServer, startServer } from './http-server.ts'

let server: HttpServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const root = `0x${'ab'.repeat(32)}` as Hash
const operator = (timeoutMs = 20_000) => createOperator({ url: `${server.url}/v1`, timeoutMs, maxBlockBytes: 10_000 })
const enveloped = (data: unknown, success = true) => JSON.stringify({ version: '1.0', success, data })
const block = { blknum: 1000, hash: root, transactions: ['0x0102', '0xFF'] }

describe('The operator serves a block', () => {
  test('that is asked for by its root, and comes as bytes', async () => {
    let asked: unknown
    server.behave((request, response) => {
      asked = request
      response.end(enveloped(block))
    })
    expect(await operator().block(root)).toEqual({
      ok: true,
      block: { blknum: 1000n, hash: root, transactions: [Uint8Array.of(1, 2), Uint8Array.of(255)] },
    })
    expect(asked).toEqual({ path: '/v1/block.get', body: JSON.stringify({ hash: root }) })
  })

  test('of another hash and number: it is handed on, to be judged', async () => {
    const other = `0x${'cd'.repeat(32)}`
    server.behave(answering(enveloped({ ...block, hash: other, blknum: 7, transactions: [] })))
    expect(await operator().block(root)).toEqual({ ok: true, block: { blknum: 7n, hash: other, transactions: [] } })
  })

  test.each<[string, Behaviour, string]>([
    [
      'says that it has none',
      answering(enveloped({ object: 'error', code: 'get_block:not_found' }, false)),
      'refused: get_block:not_found',
    ],
    ['answers with something else', answering('[]'), 'malformed: no envelope'],
    ['leaves the number out', answering(enveloped({ ...block, blknum: undefined })), 'malformed: no block'],
    ['puts text for a number', answering(enveloped({ ...block, blknum: '1000' })), 'malformed: no block'],
    ['counts below zero', answering(enveloped({ ...block, blknum: -1 })), 'malformed: no block'],
    ['sends half a byte', answering(enveloped({ ...block, transactions: ['0x1'] })), 'malformed: no block'],
    ['sends no list', answering(enveloped({ ...block, transactions: '0x12' })), 'malformed: no block'],
    ['sends too much', answering(enveloped({ ...block, transactions: ['0x' + '00'.repeat(10_000)] })), 'too large'],
    ['says nothing', () => undefined, 'timeout'],
    ['is broken', answering('oops', 500), 'http status'],
  ])('the operator %s: a fact, not an exception', async (_, behaviour, reason) => {
    server.behave(behaviour)
    expect(await operator(reason === 'timeout' ? 50 : 20_000).block(root)).toEqual({ ok: false, reason })
  })
})

describe('The operator takes a transaction', () => {
  test('and its answer comes back unchanged, good or bad', async () => {
    const data = { blknum: 2000, txindex: 3, txhash: root }
    server.behave(answering(enveloped(data)))
    expect(await operator().submit(Uint8Array.of(0xf8))).toEqual({
      ok: true,
      answer: { blknum: 2000n, txindex: 3n, txhash: root },
    })
    const refusal = { object: 'error', code: 'submit:fees_not_covered', description: null }
    server.behave(answering(enveloped(refusal, false)))
    expect(await operator().submit(Uint8Array.of(0xf8))).toEqual({ ok: false, answer: refusal })
  })

  test('or is not there: said in the words of the API', async () => {
    server.behave((_, response) => response.destroy())
    const unreachable = { object: 'error', code: 'connection:childchain_unreachable', description: 'unreachable' }
    expect(await operator().submit(Uint8Array.of(1))).toEqual({ ok: false, answer: unreachable })
  })
})
