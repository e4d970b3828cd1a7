import { createTransport } from 'nodemailer'
import type { AlarmLevel } from '../lib/alarm.ts'
import type { Secret } from '../lib/secret.ts'
import { type Channel, type Delivery, PATIENCE_MS } from './channel.ts'

type MailSettings = {
  /** `smtps://` speaks TLS from the first byte, `smtp://` as soon as the server offers it. The user stands in it. */
  smtp: string
  password?: Secret
  from: string
  to: readonly string[]
  levels: readonly AlarmLevel[]
}

/** Sends every message as a mail of plain text. A password is never sent on a line that others can read. */
export function createMail(settings: MailSettings, patienceMs = PATIENCE_MS): Channel {
  const { smtp, from, to, levels } = settings
  return {
    name: `mail ${new URL(smtp).host}`,
    levels: new Set(levels),
    send: ({ title, body }, signal) =>
      post(
        { settings, patienceMs },
        { from, to: [...to], subject: title, text: `${title}\n${body}\n` },
        AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
      ),
  }
}

type Letter = { from: string; to: string[]; subject: string; text: string }

/** A server that says a little from time to time would hold a sender for ever: time runs for all of it. */
async function post(
  line: { settings: MailSettings; patienceMs: number },
  letter: Letter,
  signal: AbortSignal,
): Promise<Delivery> {
  const transport = createTransport(lineTo(line.settings, line.patienceMs))
  try {
    await transport.sendMail({ ...letter, signal, disableFileAccess: true, disableUrlAccess: true })
    return { ok: true }
  } catch (error) {
    return { ok: false, why: signal.aborted ? 'no answer in time' : faultOf(error) }
  } finally {
    transport.close()
  }
}

function lineTo({ smtp, password }: MailSettings, patienceMs: number) {
  const { protocol, hostname, port, username } = new URL(smtp)
  const secure = protocol === 'smtps:'
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && password !== undefined,
    ...(password && { auth: { user: decodeURIComponent(username), pass: password.reveal() } }),
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    dnsTimeout: patienceMs,
  }
}

/** Codes only: the text of an error repeats what was sent and what a stranger answered. */
function faultOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
  const named = typeof code === 'string' ? code : 'not sent'
  return typeof responseCode === 'number' ? `${named}, the server said ${responseCode}` : named
}
