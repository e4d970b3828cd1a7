import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { alarmLevels } from '../../src/lib/alarm.ts'
import { secret } from '../../src/lib/secret.ts'
import { raisedMessage } from '../../src/notify/message.ts'
import { createWebhook } from '../../src/notify/webhook.ts'
import { startServer, type Behaviour, type HttpServer } from '../chain/http-server.ts'
import { blind } from './messages.ts'

const AT = Date.UTC(2026, 10, 22, 23, 0, 0, 999)
const message = raisedMessage(blind, AT)
const never = new AbortController().signal
const TOKEN = 'T0K3N-of-the-chat'
const PATIENCE = 300

let server: HttpServer
type Call = { method: string | undefined; path: string; body: string; headers: IncomingHttpHeaders }
let calls: Call[] = []
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())
beforeEach(() => {
  calls = []
  behave((_, response) => response.end('ok'))
})

function behave(behaviour: Behaviour): void {
  server.behave((request, response) => {
    const { method, headers } = response.req
    calls.push({ ...request, method, headers })
    behaviour(request, response)
  })
}

function hook(more: Partial<Parameters<typeof createWebhook>[0]> = {}, clock: { patienceMs?: number } = {}) {
  const settings = { url: `${server.url}/hooks/${TOKEN}?t=${TOKEN}`, levels: alarmLevels, ...more }
  return createWebhook(settings, { now: () => AT, ...clock })
}

describe('a webhook', () => {
  test('posts the whole message as JSON', async () => {
    expect(await hook().send(message, never)).toEqual({ ok: true })
    expect(calls).toMatchObject([
      { method: 'POST', path: `/hooks/${TOKEN}?t=${TOKEN}`, headers: { 'content-type': 'application/json' } },
    ])
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual(message)
    expect(calls[0]?.headers).not.toHaveProperty('plasma-guard-signature')
  })

  test('signs the time and the body, so that a receiver can tell who speaks, and when', async () => {
    await hook({ secret: secret('correct horse') }).send(message, never)
    const { headers = {}, body = '' }: Partial<Call> = calls[0] ?? {}
    const seconds = String(Math.floor(AT / 1_000))
    const expected = createHmac('sha256', 'correct horse').update(`${seconds}.`).update(body).digest('hex')
    expect(headers['plasma-guard-timestamp']).toBe(seconds)
    expect(headers['plasma-guard-signature']).toBe(`sha256=${expected}`)
    expect(JSON.stringify(calls)).not.toContain('correct horse')
  })

  test('fills the template that a chat service wants, and signs that', async () => {
    await hook({ template: '{"text": "{{title}}\\n{{body}}"}', secret: secret('s') }).send(message, never)
    const { body = '', headers } = calls[0] ?? {}
    expect(JSON.parse(body)).toEqual({ text: `${message.title}\n${message.body}` })
    const digest = createHmac('sha256', 's').update(`${String(headers?.['plasma-guard-timestamp'])}.${body}`)
    expect(headers?.['plasma-guard-signature']).toBe(`sha256=${digest.digest('hex')}`)
  })

  test.each<[string, Behaviour, string]>([
    ['fails', (_, response) => response.writeHead(500).end('no'), 'status 500'],
    ['does not know the token', (_, response) => response.writeHead(404).end(), 'status 404'],
    ['hangs', () => {}, 'no answer in time'],
    ['closes early', (_, response) => response.socket?.destroy(), 'cannot be reached'],
    ['speaks no HTTP', (_, response) => response.socket?.end('SSH-2.0-x\r\n\r\n'), 'cannot be reached'],
  ])('that %s is a try that failed, and no address is told', async (_, behaviour, why) => {
    behave(behaviour)
    const channel = hook({}, why === 'no answer in time' ? { patienceMs: PATIENCE } : {})
    expect(await channel.send(message, never)).toEqual({ ok: false, why })
    expect(calls).toHaveLength(1)
    expect(channel.name).not.toContain(TOKEN)
  })

  test('that sends elsewhere is not followed', async () => {
    behave((request, response) => {
      if (request.path === '/elsewhere') response.end('ok')
      else response.writeHead(307, { location: `${server.url}/elsewhere` }).end()
    })
    expect(await hook().send(message, never)).toEqual({ ok: false, why: 'status 307' })
    expect(calls.map(({ path }) => path)).not.toContain('/elsewhere')
  })

  test('that answers and then never ends its answer has heard', async () => {
    behave((_, response) => response.writeHead(200).write('…'))
    expect(await hook().send(message, never)).toEqual({ ok: true })
  })

  test('that refuses connections is a try that failed', async () => {
    const gone = await startServer()
    await gone.close()
    const channel = hook({ url: `${gone.url}/${TOKEN}` })
    expect(await channel.send(message, never)).toEqual({ ok: false, why: 'cannot be reached' })
  })

  test('is let go of when the guard stops', async () => {
    behave(() => {})
    const stop = new AbortController()
    const sent = createWebhook({ url: server.url, levels: alarmLevels }, { now: () => AT }).send(message, stop.signal)
    stop.abort()
    expect(await sent).toMatchObject({ ok: false })
  })

  test('has a name that tells two of one host apart, and stays', () => {
    const names = ['a', 'b', 'a'].map((path) => hook({ url: `https://chat.example/${path}` }).name)
    expect(names[0]).toBe(names[2])
    expect(names[0]).not.toBe(names[1])
    expect(names[0]).toMatch(/^webhook chat\.example [0-9a-f]{6}$/)
  })
})
