import { request } from 'node:http'
import { afterEach, expect, test } from '@jest/globals'
import { createControlListener } from '../../src/api/control-listener.ts'
import { silentLogger } from '../../src/lib/logger.ts'

let close: () => Promise<unknown> = async () => {}
afterEach(() => close())

async function serve() {
  const server = createControlListener({
    routes: { 'GET /gate': async () => ({ state: 'open' }) },
    open: {
      'GET /readyz': async () => ({ status: 503, type: 'text/plain; charset=utf-8', body: 'paused\n' }),
      'GET /broken': () => Promise.reject(new Error('secret detail')),
    },
    ...{ token: 't', log: silentLogger },
  })
  close = () => server.close()
  return server.listen({ host: '127.0.0.1', port: 0 })
}

/** Of another host's name, which `fetch` does not send. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

test('an open route answers whoever has no token, with its own status and text', async () => {
  const url = await serve()
  const answer = await fetch(`${url}/readyz`)
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    503,
    'text/plain; charset=utf-8',
    'paused\n',
  ])
})

test('every other route still asks for the token, also one that is not there', async () => {
  const url = await serve()
  for (const path of ['/gate', '/nowhere', '/readyz/../gate', '//readyz', '/READYZ']) {
    expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 401])
  }
  expect((await fetch(`${url}/readyz`, { method: 'POST' })).status).toBe(401)
})

test('an open route hides from pages that come by another name, and says nothing of its faults', async () => {
  const url = await serve()
  expect(await statusFor(`${url}/readyz`, 'evil.example')).toBe(403)
  const broken = await fetch(`${url}/broken`)
  expect(broken.status).toBe(500)
  expect(await broken.text()).not.toContain('secret detail')
})
