import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readControlFile, writeControlFile } from '../../src/api/control-file.ts'
import { createControlListener } from '../../src/api/control-listener.ts'
import { BadControlRequestError, type ControlRoutes } from '../../src/api/control-route.ts'
import { askDaemon } from '../../src/cli/control-client.ts'
import { openControl } from '../../src/guard/control.ts'
import { GuardError } from '../../src/lib/errors.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { answering, startServer } from '../chain/http-server.ts'

class NotNowError extends GuardError {
  override readonly code = 'NOT_NOW'
}

const asked: unknown[] = []
const routes: ControlRoutes = {
  'GET /status': async ({ query }) => ({ stake: 10n ** 18n, query }),
  'POST /pause': async ({ body }) => {
    asked.push(body)
  },
  'POST /busy': async () => Promise.reject(new NotNowError('Come back later.')),
  'POST /odd': async () => Promise.reject(new BadControlRequestError('The timeout is no number.')),
  'POST /broken': async () => Promise.reject(new Error('secret of the house')),
}

let data: string
const ends: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  asked.length = 0
  data = await mkdtemp(join(tmpdir(), 'control-test-'))
  ends.push(() => rm(data, { recursive: true, force: true }))
})
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function open(port = 0) {
  const close = await openControl({ control: { port }, data }, { routes, open: {}, log: silentLogger })
  ends.push(close)
  const told = readControlFile(data)
  if (!told) throw new Error('no control.json')
  return { ...told, close }
}

type Sent = { method?: string; path?: string; headers?: Record<string, string>; body?: string }

function send(url: string, { method = 'GET', path = '/status', headers = {}, body }: Sent) {
  return new Promise<{ status: number; text: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers }, (response) => {
      let text = ''
      response.on('data', (part: Buffer) => (text += part.toString()))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text, headers: response.headers })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('the control API', () => {
  test('answers who shows the token of control.json, with numbers that nothing rounds', async () => {
    await open()
    expect(await askDaemon({ data }, 'GET /status?deep=1')).toEqual({
      stake: '1000000000000000000',
      query: { deep: '1' },
    })
    expect(await askDaemon({ data }, 'POST /pause', { body: { until: 7 } })).toEqual({})
    expect(await askDaemon({ data }, 'POST /pause')).toEqual({})
    expect(asked).toEqual([{ until: 7 }, undefined])
  })

  test('listens on the loopback only', async () => {
    const { url } = await open()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  test('keeps the token in a file that only its owner reads, another token with every start, no draft left behind', async () => {
    const { token, close } = await open()
    expect((await stat(join(data, 'control.json'))).mode & 0o777).toBe(0o600)
    expect(token).toMatch(/^[0-9a-f]{64}$/)
    expect(await readdir(data)).toEqual(['control.json'])
    await close()
    expect(await readdir(data)).toEqual([])
    expect((await open()).token).not.toBe(token)
  })

  test('replaces what a killed daemon left, also when everybody could read that', async () => {
    await writeFile(join(data, 'control.json'), '{"url":"http://127.0.0.1:1"', { mode: 0o666 })
    await open()
    expect((await stat(join(data, 'control.json'))).mode & 0o777).toBe(0o600)
    expect(await askDaemon({ data }, 'GET /status')).toMatchObject({ stake: '1000000000000000000' })
  })

  test('leaves the file of a daemon that came after it', async () => {
    const first = await open()
    const second = await open()
    await first.close()
    expect(readControlFile(data)?.token).toBe(second.token)
  })

  test('takes another port when its own is taken', async () => {
    const first = await open()
    const second = await open(Number(new URL(first.url).port))
    expect(second.url).not.toBe(first.url)
    expect(await askDaemon({ data }, 'GET /status')).toMatchObject({ query: {} })
  })

  test.each([
    ['no token', {}],
    ['another token', { authorization: `Bearer ${'0'.repeat(64)}` }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a token that is far too long', { authorization: `Bearer ${'0'.repeat(9_000)}` }],
    ['another scheme', { authorization: 'Basic Z3VhcmQ6Z3VhcmQ=' }],
  ])('refuses %s on every path, and says nothing of what is there', async (_, headers) => {
    const { url } = await open()
    for (const path of ['/status', '/nowhere']) {
      const { status, text } = await send(url, { path, headers })
      expect(status).toBe(401)
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'UNAUTHORIZED' } })
    }
  })

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:7535', '10.0.0.7'])(
    'refuses the name %p: a page may have pointed it here',
    async (host) => {
      const { url, token } = await open()
      const { status } = await send(url, { headers: { host, authorization: `Bearer ${token}` } })
      expect(status).toBe(403)
    },
  )

  test('refuses a page of another origin, and lets no page read or ask first', async () => {
    const { url, token } = await open()
    const authorization = `Bearer ${token}`
    const foreign = await send(url, { headers: { authorization, origin: 'https://evil.example' } })
    expect(foreign.status).toBe(403)
    const { status, headers } = await send(url, {
      method: 'OPTIONS',
      headers: {
        origin: url,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    })
    expect(status).toBe(401)
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    expect((await send(url, { headers: { authorization, origin: url } })).status).toBe(200)
  })

  test('answers in JSON what it cannot do, and tells no stranger the reason of a fault of its own', async () => {
    const { url, token } = await open()
    const authorization = `Bearer ${token}`
    const post = (path: string, body = '{}', type = 'application/json') =>
      send(url, { method: 'POST', path, body, headers: { authorization, 'content-type': type } })
    const codeOf = async (sent: ReturnType<typeof post>) => {
      const { status, text } = await sent
      return [status, (JSON.parse(text) as { error: { code: string } }).error.code]
    }
    expect(await codeOf(post('/busy'))).toEqual([409, 'NOT_NOW'])
    expect(await codeOf(post('/odd'))).toEqual([400, 'BAD_REQUEST'])
    expect(await codeOf(post('/nowhere'))).toEqual([404, 'NOT_FOUND'])
    expect(await codeOf(post('/pause', '{"a":'))).toEqual([400, 'BAD_REQUEST'])
    expect(await codeOf(post('/pause', '<a/>', 'text/xml'))).toEqual([415, 'BAD_REQUEST'])
    expect(await codeOf(post('/pause', JSON.stringify({ a: 'a'.repeat(70_000) })))).toEqual([413, 'BAD_REQUEST'])
    expect(await codeOf(post('/%zz'))).toEqual([400, 'BAD_REQUEST'])
    const broken = await post('/broken')
    expect(broken.status).toBe(500)
    expect(broken.text).not.toContain('secret')
    expect(asked).toEqual([])
  })

  test('gives an answer that is being given to its end before it closes', async () => {
    let finish = () => {}
    let begun = () => {}
    const isAsked = new Promise<void>((resolve) => (begun = resolve))
    const slow = () => {
      begun()
      return new Promise<string>((resolve) => {
        finish = () => {
          resolve('done')
        }
      })
    }
    const server = createControlListener({ routes: { 'POST /slow': slow }, open: {}, token: 't', log: silentLogger })
    const url = await server.listen({ host: '127.0.0.1', port: 0 })
    const answer = send(url, { method: 'POST', path: '/slow', headers: { authorization: 'Bearer t' } })
    await isAsked
    const closed = server.close()
    finish()
    expect((await answer).text).toBe('"done"')
    await closed
  })
})

describe('a command that asks the daemon', () => {
  test('says that none runs when there is no file, none that can be read, or nobody who listens', async () => {
    await expect(askDaemon({ data }, 'GET /status')).rejects.toMatchObject({ code: 'NO_DAEMON' })
    await writeFile(join(data, 'control.json'), '{')
    await expect(askDaemon({ data }, 'GET /status')).rejects.toMatchObject({ code: 'NO_DAEMON' })
    const { close } = await open()
    const told = readControlFile(data)
    await close()
    if (told) writeControlFile(data, told)
    await expect(askDaemon({ data }, 'GET /status')).rejects.toMatchObject({ code: 'NO_DAEMON' })
  })

  test('says that somebody else listens there when its token is not taken, or the answer is not ours', async () => {
    const { url } = await open()
    writeControlFile(data, { url, token: 'of a daemon that was killed' })
    await expect(askDaemon({ data }, 'GET /status')).rejects.toMatchObject({ code: 'CONTROL_REFUSED' })
    const stranger = await startServer()
    ends.push(stranger.close)
    writeControlFile(data, { url: stranger.url, token: 't' })
    stranger.behave(answering('<html>', 404))
    await expect(askDaemon({ data }, 'GET /status')).rejects.toMatchObject({ code: 'CONTROL_REFUSED' })
    stranger.behave((_, response) => response.destroy())
    await expect(askDaemon({ data }, 'GET /status')).rejects.toMatchObject({ code: 'NO_DAEMON' })
  })

  test('says why the daemon refuses', async () => {
    await open()
    const refused = askDaemon({ data }, 'POST /busy')
    await expect(refused).rejects.toMatchObject({ code: 'DAEMON_SAID_NO' })
    await expect(refused).rejects.toThrow('NOT_NOW: Come back later.')
  })

  test('stops asking when it is told to', async () => {
    const stranger = await startServer()
    ends.push(stranger.close)
    stranger.behave(() => {})
    writeControlFile(data, { url: stranger.url, token: 't' })
    const signal = AbortSignal.timeout(50)
    await expect(askDaemon({ data }, 'GET /status', { signal })).rejects.toMatchObject({ code: 'NO_DAEMON' })
  })
})
