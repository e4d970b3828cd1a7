import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { HttpJsonError, methodUrl, postJson } from '../../src/chain/http-json.ts'
import { answering, type Behaviour, type HttpServer, startServer } from './http-server.ts'

let server: HttpServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const limits = { timeoutMs: 5_000, maxBytes: 100_000 }
const post = (body: unknown = {}, some: Partial<typeof limits> = {}) =>
  postJson(new URL(`${server.url}/secret-token/status.get`), body, { ...limits, ...some })

async function failureOf(behaviour: Behaviour, some: Partial<typeof limits> = {}): Promise<HttpJsonError> {
  server.behave(behaviour)
  const error: unknown = await post({}, some).catch((caught: unknown) => caught)
  if (!(error instanceof HttpJsonError)) throw new Error('It did not fail as it should.', { cause: error })
  expect(error.retryable).toBe(true)
  expect(JSON.stringify([error.message, error.facts])).not.toContain('secret-token')
  return error
}

describe('A service that answers', () => {
  test('gets integers of any size without rounding, both ways', async () => {
    let heard = ''
    server.behave(({ body }, response) => {
      heard = body
      response.end('{"exit_id": 2533182049797899011240223200548161593008921603, "half": 0.5}')
    })
    const answer = await post({ utxo_pos: 9_007_199_254_740_993n })
    expect(heard).toBe('{"utxo_pos":9007199254740993}')
    expect(answer).toEqual({ exit_id: 2533182049797899011240223200548161593008921603n, half: 0.5 })
  })

  test('with an error status and JSON, is heard: the API puts its errors there', async () => {
    server.behave(answering('{"success":false}', 500))
    expect(await post()).toEqual({ success: false })
  })

  test('in small pieces, is heard to the end', async () => {
    server.behave((_, response) => {
      const text = JSON.stringify({ text: 'ä'.repeat(1_000) })
      for (const byte of Buffer.from(text)) response.write(Buffer.of(byte))
      response.end()
    })
    expect(await post()).toEqual({ text: 'ä'.repeat(1_000) })
  })
})

describe('A service that does not', () => {
  test.each<[string, Behaviour, string]>([
    ['garbage', answering('<html>'), 'malformed'],
    ['nothing', answering(''), 'malformed'],
    ['half an answer', answering('{"success": tr'), 'malformed'],
    ['bytes that are no text', (_, response) => response.end(Buffer.of(0x22, 0xff, 0xfe, 0x22)), 'malformed'],
    ['a number of a million digits', answering('1'.repeat(90_000)), 'malformed'],
    ['an error page', answering('<h1>Bad gateway</h1>', 502), 'http status'],
    ['too much', answering(`"${'a'.repeat(200_000)}"`), 'too large'],
    [
      'a redirection to another place',
      (_, response) => response.writeHead(307, { location: '/elsewhere' }).end(),
      'unreachable',
    ],
    ['a closed door', (_, response) => response.destroy(), 'unreachable'],
  ])('%s', async (_, behaviour, failure) => {
    expect((await failureOf(behaviour)).failure).toBe(failure)
  })

  test('a truncated body of a promised length', async () => {
    const cut: Behaviour = (_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"a":')
      setImmediate(() => response.destroy())
    }
    expect(['unreachable', 'malformed']).toContain((await failureOf(cut)).failure)
  })

  test('a small answer that unpacks to a huge one', async () => {
    const bomb = gzipSync(`"${'a'.repeat(50_000_000)}"`)
    const behaviour: Behaviour = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    }
    expect((await failureOf(behaviour)).failure).toBe('too large')
  })

  test('silence before the answer, and silence in the middle of it', async () => {
    const silent: Behaviour = () => undefined
    const stalling: Behaviour = (_, response) => {
      response.write('{"a": ')
    }
    expect((await failureOf(silent, { timeoutMs: 80 })).failure).toBe('timeout')
    expect((await failureOf(stalling, { timeoutMs: 80 })).failure).toBe('timeout')
  })

  test('nobody at all', async () => {
    const gone = await startServer()
    await gone.close()
    await expect(postJson(new URL(gone.url), {}, limits)).rejects.toMatchObject({ failure: 'unreachable' })
  })
})

test('a method stands below the path of the base, whatever ends it', () => {
  expect(methodUrl('http://op.example/v1/?key=1', 'block.get').href).toBe('http://op.example/v1/block.get?key=1')
  expect(methodUrl('http://op.example', 'block.get').href).toBe('http://op.example/block.get')
})
