import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { silentLogger } from '../../src/lib/logger.ts'
import { sleep } from '../../src/lib/sleep.ts'
import { beat } from '../../src/notify/heartbeat.ts'
import { startServer, type HttpServer } from '../chain/http-server.ts'

let server: HttpServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

async function beatWhile(unreadiness: () => Promise<readonly string[]>, beats: number) {
  const stop = new AbortController()
  const said: object[] = []
  let pauses = 0
  const ports = {
    unreadiness,
    sleep: async (ms: number) => {
      expect(ms).toBe(60_000)
      if (++pauses === beats) stop.abort()
      await sleep(5)
    },
    log: { ...silentLogger, warn: (facts: object) => said.push(facts) },
  }
  await beat({ url: `${server.url}/ping/T0K3N`, everySeconds: 60 }, ports, stop.signal)
  return said
}

test('a heartbeat is heard at its interval while the guard is ready, and only then', async () => {
  const heard: string[] = []
  server.behave(({ path }, response) => {
    heard.push(`${response.req.method ?? ''} ${path}`)
    response.end()
  })
  const states = [[], ['own verification does not see: boot_in_progress'], []]
  await beatWhile(async () => states.shift() ?? [], 3)
  expect(heard).toEqual(['GET /ping/T0K3N', 'GET /ping/T0K3N'])
  await beatWhile(() => Promise.reject(new Error('nobody knows')), 2)
  expect(heard).toHaveLength(2)
})

test('a heartbeat that is not heard ends nothing, and its address is not told', async () => {
  server.behave((_, response) => response.writeHead(503).end())
  const said = await beatWhile(async () => [], 3)
  expect(said).toHaveLength(3)
  expect(JSON.stringify(said)).not.toContain('T0K3N')
})
