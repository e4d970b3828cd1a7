import type { ServerResponse } from 'node:http'
import { createServer as createRawServer, type AddressInfo, type Server } from 'node:net'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { createOperator } from '../../src/chain/operator.ts'
import type { Hash } from '../../src/plasma/units.ts'
import { answering, type Behaviour, type HttpServer, startServer } from './http-server.ts'

// Only against hanging.
jest.setTimeout(120_000)

let server: HttpServer
const untidy: (() => void)[] = []
beforeAll(async () => {
  server = await startServer()
})
afterEach(() => {
  for (const end of untidy.splice(0)) end()
})
afterAll(() => server.close())

const MIB = 1024 * 1024
const root = `0x${'ab'.repeat(32)}` as Hash
const block = { blknum: 1000, hash: root, transactions: ['0x0102'] }
const enveloped = (data: unknown) => JSON.stringify({ version: '1.0', success: true, data })
/** A block whose fields are given as they stand in the text. */
const written = (fields: Record<string, string>) => {
  const all = { blknum: '1000', hash: `"${root}"`, transactions: '[]', ...fields }
  const data = Object.entries(all).map(([name, text]) => `"${name}":${text}`)
  return `{"version":"1.0","success":true,"data":{${data.join(',')}}}`
}

const GENEROUS = { timeoutMs: 100_000 }
const ask = (options: { timeoutMs?: number; maxBlockBytes?: number } = GENEROUS) =>
  createOperator({ url: server.url, ...options }).block(root)

/** Calls `again` for ever, until whoever listens is gone. */
function endlessly(response: ServerResponse, again: () => void, everyMs: number): void {
  const timer = setInterval(again, everyMs)
  untidy.push(() => {
    clearInterval(timer)
  })
  response.on('close', () => {
    clearInterval(timer)
  })
}

describe('An operator that never comes to an end', () => {
  test('is cut off at the size of a block, whatever it says', async () => {
    let sent = 0
    server.behave((_, response) => {
      const piece = Buffer.alloc(MIB, ' ')
      const more = () => {
        while (!response.destroyed && response.write(piece)) sent++
        sent++
      }
      response.on('drain', more)
      more()
    })
    expect(await ask({ ...GENEROUS, maxBlockBytes: 8 * MIB })).toEqual({ ok: false, reason: 'too large' })
    // What lies in the buffers of both sides is sent as well.
    expect(sent).toBeLessThan(64)
  })

  test.each<[string, Behaviour]>([
    [
      'a byte at a time',
      (_, response) => {
        endlessly(response, () => response.write(' '), 20)
      },
    ],
    [
      'a header at a time',
      (_, { socket }) => {
        socket?.write('HTTP/1.1 200 OK\r\n')
        const timer = setInterval(() => socket?.write('x-more: 1\r\n'), 20)
        untidy.push(() => {
          clearInterval(timer)
        })
      },
    ],
    [
      'with news that it is still at work',
      (_, response) => {
        const news = () => {
          response.writeProcessing()
        }
        endlessly(response, news, 20)
      },
    ],
  ])('%s, has the time that any answer has', async (_, behaviour) => {
    server.behave(behaviour)
    const answer = await ask({ timeoutMs: 300 })
    expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(/^(?:timeout|unreachable)$/) })
  })
})

describe('An operator that packs', () => {
  const packed =
    ({ bytes, encoding }: { bytes: Buffer; encoding: string }): Behaviour =>
    (_, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes)
    }
  const bomb = gzipSync(Buffer.alloc(64 * MIB, ' '))

  test('a block, is understood', async () => {
    server.behave(packed({ bytes: gzipSync(enveloped(block)), encoding: 'gzip' }))
    expect(await ask()).toMatchObject({ ok: true })
  })

  test.each<[string, { bytes: Buffer; encoding: string }, string]>([
    ['a bomb', { bytes: bomb, encoding: 'gzip' }, 'too large'],
    ['a bomb into a bomb', { bytes: gzipSync(bomb), encoding: 'gzip, gzip' }, 'too large'],
    ['nothing of the kind', { bytes: Buffer.from(enveloped(block)), encoding: 'gzip' }, 'unreachable'],
    ['half of it', { bytes: gzipSync(enveloped(block)).subarray(0, 20), encoding: 'gzip' }, 'malformed'],
  ])('%s', async (_, sent, reason) => {
    server.behave(packed(sent))
    expect(await ask({ ...GENEROUS, maxBlockBytes: 4 * MIB })).toEqual({ ok: false, reason })
  })
})

describe('An operator that means to exhaust', () => {
  const repeated = (text: string, count: number) => Array(count).fill(text).join(',')

  test.each<[string, () => string]>([
    ['a million tiny transactions', () => written({ transactions: `[${repeated('"0x"', 1_000_000)}]` })],
    ['millions of empty lists', () => written({ transactions: `[${repeated('[]', 2_500_000)}]` })],
    ['millions of numbers', () => written({ more: `[${repeated('1', 2_500_000)}]` })],
    ['lists in lists, without an end', () => '['.repeat(20_000_000)],
    ['lists in lists, ten million deep', () => `${'['.repeat(10_000_000)}${']'.repeat(10_000_000)}`],
    ['objects in objects', () => `${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}`],
    ['a number of twenty million digits', () => written({ blknum: '7'.repeat(20_000_000) })],
    ['a text that never closes', () => `{"success":"${'\\"'.repeat(5_000_000)}`],
  ])('by %s, is refused before any of it is made', async (_, text) => {
    server.behave(answering(text()))
    expect(await ask()).toEqual({ ok: false, reason: 'malformed' })
  })

  test.each<[string, string]>([
    ['three thousand deep', `${'['.repeat(3_000)}${']'.repeat(3_000)}`],
    ['a hundred thousand deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('by lists in lists, %s, is understood to say nothing', async (_, text) => {
    server.behave(answering(text))
    expect(await ask()).toEqual({ ok: false, reason: 'malformed: no envelope' })
    server.behave(answering(written({ transactions: text })))
    expect(await ask()).toEqual({ ok: false, reason: 'malformed: no block' })
  })

  test('by one transaction of ten megabytes, is handed on: it is bounded, and to be judged', async () => {
    server.behave(answering(written({ transactions: `["0x${'00'.repeat(5 * MIB)}"]` })))
    const answer = await ask()
    expect(answer.ok && answer.block.transactions.map(({ length }) => length)).toEqual([5 * MIB])
  })

  test('by more transactions than a block has room for, is handed on: they are to be judged', async () => {
    server.behave(answering(written({ transactions: `[${repeated('"0xc0"', 70_000)}]` })))
    const answer = await ask()
    expect(answer.ok && answer.block.transactions.length).toBe(70_000)
  })
})

describe('An operator that speaks oddly', () => {
  test.each<[string, Record<string, string>]>([
    ['half a byte', { transactions: '["0x0"]' }],
    ['digits that are none', { transactions: '["0xzz"]' }],
    ['no prefix', { transactions: '["c0"]' }],
    ['a prefix in upper case', { transactions: '["0XC0"]' }],
    ['a space before', { transactions: '[" 0xc0"]' }],
    ['a line end behind', { transactions: '["0xc0\\n"]' }],
    ['a sign of another script', { transactions: '["0x\uff11\uff11"]' }],
    ['a number for a transaction', { transactions: '[192]' }],
    ['nothing for a transaction', { transactions: '["0xc0",null]' }],
    ['an object for a list', { transactions: '{"length":1,"0":"0xc0"}' }],
    ['a hash of 31 bytes', { hash: `"0x${'ab'.repeat(31)}"` }],
    ['a number that is rounded', { blknum: '9007199254740993' }],
    ['a number beyond all', { blknum: '1e400' }],
    ['a number below zero', { blknum: '-1000' }],
    ['half a number', { blknum: '1000.5' }],
    ['a list for a number', { blknum: '[1000]' }],
  ])('%s: no block', async (_, fields) => {
    server.behave(answering(written(fields)))
    expect(await ask()).toEqual({ ok: false, reason: 'malformed: no block' })
  })

  test('in upper case, with escapes and spaces, and with more than was asked for, is understood', async () => {
    const fields = {
      hash: `"0x${'AB'.repeat(32)}"`,
      blknum: '1.0e3',
      transactions: ' [ "\\u0030xC0" ,\n"0xc1" ] ',
      __proto__: '{"ok":false}',
      '\\"odd\\\\': '"\\\\"',
    }
    server.behave(answering(written(fields)))
    expect(await ask()).toEqual({
      ok: true,
      block: { blknum: 1000n, hash: root, transactions: [Uint8Array.of(0xc0), Uint8Array.of(0xc1)] },
    })
  })

  test.each<[string, unknown, string]>([
    ['refuses in a word of a megabyte', { success: false, data: { code: 'a'.repeat(MIB) } }, 'refused: unknown'],
    ['says that it is well', { success: true, data: {} }, 'malformed: no block'],
    [
      'answers to another question',
      { success: true, data: { blknum: 1, txindex: 0, txhash: root } },
      'malformed: no block',
    ],
    ['wants to be believed', { success: 'true', data: block }, 'malformed: no envelope'],
  ])('and %s: no block', async (_, answer, reason) => {
    server.behave(answering(JSON.stringify(answer)))
    expect(await ask()).toEqual({ ok: false, reason })
  })

  test('of another block: it is handed on under its own name, and judged by the root', async () => {
    const hash = `0x${'cd'.repeat(32)}`
    server.behave(answering(enveloped({ ...block, hash })))
    expect(await ask()).toMatchObject({ ok: true, block: { hash } })
  })
})

describe('An operator that breaks the line', () => {
  let raw: Server | undefined
  afterEach(() => {
    raw?.close()
  })

  /** A server that writes whatever it likes, and hangs up. */
  async function saying(...pieces: readonly string[]): Promise<string> {
    raw = createRawServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        for (const piece of pieces) socket.write(piece)
        socket.end()
      })
    }).listen(0, '127.0.0.1')
    await once(raw, 'listening')
    return `http://127.0.0.1:${(raw.address() as AddressInfo).port}`
  }

  const head = 'HTTP/1.1 200 OK\r\n'
  test.each<[string, readonly string[]]>([
    ['before it says anything', []],
    ['with what is not HTTP', ['SSH-2.0-OpenSSH_9.6\r\n']],
    ['in the middle of a promised length', [`${head}content-length: 1000\r\n\r\n`, '{"success":']],
    ['in the middle of a chunk', [`${head}transfer-encoding: chunked\r\n\r\n`, 'ff\r\n{"success":']],
    ['with a chunk of a negative length', [`${head}transfer-encoding: chunked\r\n\r\n`, '-1\r\n{}\r\n']],
    ['with two lengths', [`${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`]],
    ['with a header of a megabyte', [`${head}x-long: ${'a'.repeat(MIB)}\r\n\r\n{}`]],
    ['with a redirection', ['HTTP/1.1 307 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n']],
    ['with a redirection to itself', ['HTTP/1.1 302 Moved\r\nlocation: /block.get\r\ncontent-length: 0\r\n\r\n']],
  ])('%s: unreachable', async (_, pieces) => {
    const url = await saying(...pieces)
    expect(await createOperator({ url, ...GENEROUS }).block(root)).toEqual({ ok: false, reason: 'unreachable' })
  })

  test('after two answers to one question: the second one answers nothing', async () => {
    const answer = (blknum: number) => {
      const body = enveloped({ ...block, blknum })
      return `${head}content-length: ${body.length}\r\n\r\n${body}`
    }
    const operator = createOperator({ url: await saying(answer(1000), answer(2000)), ...GENEROUS })
    expect(await operator.block(root)).toMatchObject({ ok: true, block: { blknum: 1000n } })
    expect(await operator.block(root)).toMatchObject({ ok: true, block: { blknum: 1000n } })
  })
})
