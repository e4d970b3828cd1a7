// The clients of `api`: asks over connections that stay open, as often as it is told.
import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { helperSide } from './helper.ts'

/** Requests by POST, with one body after the other. `perSecond`: how many; as many as there can be without. */
export type Load = { url: string; bodies: readonly string[]; seconds: number; perSecond?: number }
/** Milliseconds of each request, from the moment when it should have been sent; and how many there were in a second. */
export type Answers = { perSecond: number; times: readonly number[] }

const CONNECTIONS = 8

const { settings, say } = helperSide()
const load = settings as Load
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
let asked = 0

await measure({ ...load, seconds: 1 })
say(await measure(load))

async function measure({ perSecond, seconds }: Load): Promise<Answers> {
  const times: number[] = []
  const started = performance.now()
  const until = started + 1_000 * seconds
  if (perSecond === undefined) await Promise.all(Array.from({ length: CONNECTIONS }, () => askUntil(until, times)))
  else await askEvery(1_000 / perSecond, until, times)
  return { perSecond: (1_000 * times.length) / (performance.now() - started), times }
}

async function askUntil(until: number, times: number[]): Promise<void> {
  while (performance.now() < until) times.push(await ask(performance.now()))
}

async function askEvery(interval: number, until: number, times: number[]): Promise<void> {
  const asking: Promise<void>[] = []
  for (let due = performance.now(); due < until; due += interval) {
    const early = due - performance.now()
    if (early > 0) await pause(early)
    asking.push(ask(due).then((time) => void times.push(time)))
  }
  await Promise.all(asking)
}

function ask(due: number): Promise<number> {
  const body = load.bodies[asked++ % load.bodies.length] ?? '{}'
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const sent = request(load.url, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${load.url} answered ${String(response.statusCode)}`))
      response.resume().once('end', () => {
        resolve(performance.now() - due)
      })
    })
    sent.once('error', reject)
    sent.end(body)
  })
}
