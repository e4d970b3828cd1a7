import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { startServer, type HttpServer } from '../chain/http-server.ts'
import { startSmtpServer } from '../notify/smtp-server.ts'
import { createEnds, malloryCheats, type Network, openNetwork, start, startGuard } from '../support/guarded-network.ts'
import { layLine } from '../support/line.ts'

const LIMIT = 120_000
const says = (msg: string) => (line: Readonly<Record<string, unknown>>) => line['msg'] === msg

let ends = createEnds()
let network: Network
let chat: HttpServer
let heard: { path: string; body: string }[] = []
beforeEach(async () => {
  ends = createEnds()
  network = await openNetwork(ends)
  heard = []
  chat = await startServer()
  ends.add('chat', chat.close)
  chat.behave((request, response) => {
    heard.push(request)
    response.end()
  })
}, LIMIT)
afterEach(async () => {
  await ends.run()
}, LIMIT)

const file = (rootChain: string, notify: object) => ({
  rootChain: { urls: [rootChain], plasmaFramework: network.deployment.framework },
  childChain: { url: network.operatorUrl },
  control: { port: 0 },
  notify,
})
const environment = () => ({ PRIVATE_KEY: network.deployment.accounts.guard.privateKey })

async function until(isIt: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isIt())) await new Promise((resolve) => setTimeout(resolve, 100))
}

async function page(url: string, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}${path}`)
  return { status: answer.status, text: await answer.text() }
}

describe('a guard', () => {
  test(
    'that loses its node tells people, stops its heartbeat and is not ready, and says when it sees again',
    async () => {
      const line = await layLine(() => network.chain.url)
      ends.add('line', line.close)
      const notify = {
        webhooks: [
          { url: `${chat.url}/hook/T0K3N`, template: '{"text": "{{title}}\\n{{body}}"}', levels: ['critical'] },
        ],
        heartbeat: { url: `${chat.url}/ping/T0K3N`, everySeconds: 5 },
      }
      const guard = await startGuard(ends, file(line.url, notify), environment())
      const { url } = await guard.until(says('control api listens'))
      const at = String(url)
      await until(async () => (await page(at, '/readyz')).status === 200)
      await until(() => heard.some(({ path }) => path === '/ping/T0K3N'))

      await line.cut()
      await until(() => heard.some(({ body }) => body.includes('Plasma Guard, critical: The root chain node')))
      const { status, text } = await page(at, '/readyz')
      expect([status, text]).toEqual([503, expect.stringContaining('own verification does not see')])
      expect((await page(at, '/healthz')).status).toBe(200)
      expect((await page(at, '/metrics')).text).toContain('plasma_guard_blind{source="own verification"} 1')
      const beats = () => heard.filter(({ path }) => path.startsWith('/ping')).length
      const before = beats()
      await guard.until(says('heartbeat withheld'))
      expect(beats()).toBe(before)

      await line.mend()
      await until(() => heard.some(({ body }) => body.includes('Plasma Guard, over: The root chain node')))
      await until(async () => (await page(at, '/readyz')).status === 200)
      await until(() => beats() > before)
      const told = heard.filter(({ path }) => path.startsWith('/hook')).map(({ body }) => JSON.parse(body) as object)
      expect(told).toHaveLength(2)
      expect(JSON.stringify(guard.lines) + guard.complaint()).not.toContain('T0K3N')
    },
    LIMIT,
  )

  test(
    'answers as fast when those whom it should tell hang, fail and are gone, and counts what it did',
    async () => {
      chat.behave((request) => {
        heard.push(request)
      })
      const gone = await startServer()
      await gone.close()
      const silent = await startSmtpServer({ silent: true })
      ends.add('mail', silent.close)
      const notify = {
        webhooks: [{ url: `${chat.url}/hangs` }, { url: `${gone.url}/gone` }],
        mail: { smtp: silent.url, from: 'guard@example.org', to: 'alice@example.org' },
        heartbeat: { url: `${chat.url}/ping`, everySeconds: 5 },
      }
      // Mode `defend` must not leave: what Mallory does calls for a person, too.
      const guard = await startGuard(ends, file(network.chain.url, notify), environment())
      const { url } = await guard.until(says('control api listens'))
      await malloryCheats(network)
      const ended = await guard.until(says('answer ended'))
      expect(ended).toMatchObject({ outcome: 'done_by_us' })
      const { text } = await page(String(url), '/metrics')
      expect(text).toMatch(/plasma_guard_answers_total\{purpose="challengeStandardExit",outcome="done_by_us"\} 1/)
      expect(text).toMatch(/plasma_guard_detection_latency_seconds_count\{event="invalid_exit"\} 1/)
      expect(text).toMatch(/plasma_guard_account_balance_wei\{account="0x[0-9a-f]{40}"\} \d/)
      expect(text).toMatch(/plasma_guard_store_size_bytes\{file="journal.sqlite"\} [1-9]/)
      await until(async () =>
        (await page(String(url), '/metrics')).text.includes('plasma_guard_transaction_fees_wei_total{'),
      )
      guard.stop()
      expect(await guard.ended).toBe(0)
    },
    LIMIT,
  )

  test(
    'that was killed tells after its next start what it could not tell before, and tells it once',
    async () => {
      chat.behave((request, response) => {
        heard.push(request)
        response.writeHead(500).end()
      })
      const notify = { webhooks: [{ url: chat.url }] }
      const line = await layLine(() => network.chain.url)
      ends.add('line', line.close)
      const first = await startGuard(ends, file(line.url, notify), environment())
      await first.until(says('guard started'))
      await line.cut()
      await first.until(says('notification not delivered'))
      first.kill()
      await first.ended
      heard = []
      chat.behave((request, response) => {
        heard.push(request)
        response.end()
      })
      await line.mend()
      const second = start(ends, { folder: first.folder, environment: environment() })
      await second.until(says('notification delivered'))
      second.stop()
      await second.ended
      expect(heard).toHaveLength(1)
      expect(heard[0]?.body).toContain('does not answer')
    },
    LIMIT,
  )
})

describe('plasma-guard notify test', () => {
  test(
    'tries every channel, says how each went, and ends with 1 when one failed',
    async () => {
      const mail = await startSmtpServer()
      ends.add('mail', mail.close)
      const notify = {
        webhooks: [{ url: `${chat.url}/T0K3N`, secretFile: 'secret', levels: ['critical'] }],
        mail: { smtp: mail.url, from: 'guard@example.org', to: ['alice@example.org'] },
      }
      const guard = await startGuard(ends, file(network.chain.url, notify), environment())
      // The secret is not there yet: a guard whose configuration cannot work does not start.
      expect(await guard.ended).toBe(1)
      expect(guard.complaint()).toContain('UNREADABLE_SECRET')

      const { folder } = guard
      await writeFile(join(folder, 'secret'), 'correct horse\n')
      const args = ['notify', 'test', '--json']
      const good = start(ends, { folder, environment: environment(), args })
      const [results] = [await good.until(() => true)]
      expect(results).toMatchObject([{ ok: true }, { channel: `mail 127.0.0.1:${mail.port}`, ok: true }])
      expect(await good.ended).toBe(0)
      expect(heard).toHaveLength(1)
      expect(mail.taken).toHaveLength(1)

      chat.behave((_, response) => response.writeHead(403).end())
      const bad = start(ends, { folder, environment: environment(), args })
      const said = await bad.until(() => true)
      expect(said).toMatchObject([{ ok: false, why: 'status 403' }, { ok: true }])
      expect(await bad.ended).toBe(1)
      expect(JSON.stringify(said) + bad.complaint()).not.toMatch(/T0K3N|correct horse/)

      const text = await readFile(join(folder, 'guard.yml'), 'utf8')
      await writeFile(join(folder, 'guard.yml'), text.slice(0, text.indexOf('notify:')))
      const nobody = start(ends, { folder, environment: environment(), args })
      expect(await nobody.until(() => true)).toEqual([])
      expect(await nobody.ended).toBe(1)
    },
    LIMIT,
  )
})
