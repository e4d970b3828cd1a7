import { createHash, createHmac } from 'node:crypto'
import type { AlarmLevel } from '../lib/alarm.ts'
import type { Secret } from '../lib/secret.ts'
import { type Channel, type Delivery, PATIENCE_MS } from './channel.ts'
import { fillTemplate } from './template.ts'

type WebhookSettings = {
  url: string
  /** Signs every call, so that the receiver knows who speaks. */
  secret?: Secret
  template?: string | undefined
  levels: readonly AlarmLevel[]
}

/** Milliseconds of wall time, and how long one try may take. */
type Clock = { now: () => number; patienceMs?: number }

/** Posts every message as JSON to an address. A redirect is not followed: it would lead what is signed elsewhere. */
export function createWebhook(settings: WebhookSettings, { now, patienceMs = PATIENCE_MS }: Clock): Channel {
  const { url, secret, template, levels } = settings
  return {
    name: `webhook ${new URL(url).host} ${createHash('sha256').update(url).digest('hex').slice(0, 6)}`,
    levels: new Set(levels),
    send: (message, signal) => {
      const body = template === undefined ? JSON.stringify(message) : fillTemplate(template, message)
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'plasma-guard',
        ...(secret && signature(secret, body, Math.floor(now() / 1_000))),
      }
      return call(url, { method: 'POST', headers, body }, AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]))
    },
  }
}

/** Over the time and the body, so that no old call can be sent again as a new one. */
function signature(secret: Secret, body: string, seconds: number): Record<string, string> {
  const digest = createHmac('sha256', secret.reveal()).update(`${seconds}.${body}`).digest('hex')
  return { 'plasma-guard-timestamp': String(seconds), 'plasma-guard-signature': `sha256=${digest}` }
}

/** Calls once. What is answered beside the status is not read. */
export async function call(url: string, request: RequestInit, signal: AbortSignal): Promise<Delivery> {
  try {
    const response = await fetch(url, { ...request, redirect: 'manual', signal })
    void response.body?.cancel().catch(() => {})
    return response.ok ? { ok: true } : { ok: false, why: `status ${response.status}` }
  } catch {
    return { ok: false, why: signal.aborted ? 'no answer in time' : 'cannot be reached' }
  }
}
