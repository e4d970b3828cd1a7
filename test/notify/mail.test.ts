import { afterEach, describe, expect, test } from '@jest/globals'
import { alarmLevels } from '../../src/lib/alarm.ts'
import { secret } from '../../src/lib/secret.ts'
import { createMail } from '../../src/notify/mail.ts'
import { raisedMessage } from '../../src/notify/message.ts'
import { blind } from './messages.ts'
import { startSmtpServer } from './smtp-server.ts'

const message = raisedMessage(blind, 0)
const never = new AbortController().signal
const PATIENCE = 500
const PASSWORD = 'hunter2-hunter2'

type Server = Awaited<ReturnType<typeof startSmtpServer>>
let servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.map(({ close }) => close()))
  servers = []
})

async function serve(temper: Parameters<typeof startSmtpServer>[0] = {}): Promise<Server> {
  const server = await startSmtpServer(temper)
  servers.push(server)
  return server
}

const mailTo = (smtp: string, more: object = {}, patienceMs = 10_000) =>
  createMail(
    {
      ...{ smtp, from: 'Plasma Guard <guard@example.org>', to: ['alice@example.org', 'bob@example.org'] },
      ...{ levels: alarmLevels, ...more },
    },
    patienceMs,
  )

describe('a mail', () => {
  test('carries both lines to everybody', async () => {
    const server = await serve()
    expect(await mailTo(server.url).send(message, never)).toEqual({ ok: true })
    expect(server.taken).toMatchObject([{ from: 'guard@example.org', to: ['alice@example.org', 'bob@example.org'] }])
    const { mail = '' } = server.taken[0] ?? {}
    const [head = '', text = ''] = mail.split('\n\n')
    expect(head.replace(/\n /g, ' ')).toContain(`Subject: ${message.title}`)
    const plain = text.replace(/=\n/g, '')
    expect(plain).toContain(message.title)
    expect(plain).toContain(message.body)
  })

  test.each<[string, Parameters<typeof startSmtpServer>[0], RegExp]>([
    ['never says a word', { silent: true }, /no answer in time|ETIMEDOUT/],
    ['says a little for ever', { drips: true }, /no answer in time|ETIMEDOUT/],
    ['hangs up before the mail', { hangsUpAt: 'MAIL' }, /^ECONNECTION$|^ESOCKET$/],
    ['hangs up in the middle', { hangsUpAt: 'DATA' }, /^ECONNECTION$|^ESOCKET$/],
    ['knows nobody', { refuses: { RCPT: '550 no such user alice@example.org' } }, /^EENVELOPE, the server said 550$/],
    ['takes nothing', { refuses: { DATA: '451 later' } }, /the server said 451$/],
  ])('to a server that %s is a try that failed, and is left alone', async (_, temper, why) => {
    const server = await serve(temper)
    const patient = temper?.silent || temper?.drips ? PATIENCE : undefined
    const sent = await mailTo(server.url, {}, patient).send(message, never)
    expect(sent).toMatchObject({ ok: false })
    expect(sent.ok ? '' : sent.why).toMatch(why)
    expect(server.taken).toEqual([])
    for (let looks = 0; server.open() > 0 && looks < 100; looks++) await new Promise((r) => setTimeout(r, 20))
    expect(server.open()).toBe(0)
  })

  test('to nobody who listens is a try that failed', async () => {
    const server = await startSmtpServer()
    await server.close()
    expect(await mailTo(server.url).send(message, never)).toMatchObject({ ok: false })
  })

  test('shows its password to no server without TLS', async () => {
    const server = await serve()
    const named = server.url.replace('//', '//guard@')
    const channel = mailTo(named, { password: secret(PASSWORD) })
    const sent = await channel.send(message, never)
    expect(sent).toMatchObject({ ok: false })
    expect(server.heard.join('\n')).not.toMatch(/AUTH/)
    expect(JSON.stringify([sent, channel])).not.toContain(PASSWORD)
    expect(channel.name).toBe(`mail 127.0.0.1:${server.port}`)
  })

  test('is let go of when the guard stops', async () => {
    const server = await serve({ silent: true })
    const stop = new AbortController()
    const sent = mailTo(server.url).send(message, stop.signal)
    setTimeout(() => {
      stop.abort()
    }, 50)
    expect(await sent).toMatchObject({ ok: false })
  })
})
