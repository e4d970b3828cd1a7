import { readFileSync } from 'node:fs'
import type { People } from '../events/alarm.ts'
import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import { secret, type Secret } from '../lib/secret.ts'
import { sleep } from '../lib/sleep.ts'
import type { Channel } from '../notify/channel.ts'
import type { CourierPorts } from '../notify/courier.ts'
import { beat } from '../notify/heartbeat.ts'
import { createMail } from '../notify/mail.ts'
import { createNotifier } from '../notify/notifier.ts'
import type { NotifySettings } from '../notify/settings.ts'
import { createWebhook } from '../notify/webhook.ts'
import type { Database } from '../store/database.ts'
import { createOutbox } from '../store/outbox.ts'

/** How people are told. */
export type Notifying = {
  people: People
  /** Delivers, and beats while the guard is ready, until `signal` aborts. Never rejects. */
  run: (ready: { unreadiness: () => Promise<readonly string[]> }, signal: AbortSignal) => Promise<void>
}

/** @throws {@link UnreadableSecretError} */
export function createNotifying(
  settings: NotifySettings | undefined,
  { database, delivered, log }: { database: Database; log: Logger } & Pick<CourierPorts, 'delivered'>,
): Notifying {
  const ports = { outbox: createOutbox(database), now: Date.now, sleep, log, delivered }
  const notifier = createNotifier(ports, openChannels(settings))
  return {
    people: notifier,
    run: async ({ unreadiness }, signal) => {
      const heartbeat = settings?.heartbeat
      const beating = heartbeat && beat(heartbeat, { unreadiness, sleep, log }, signal)
      await Promise.all([notifier.run(signal), beating])
    },
  }
}

/**
 * Every way to people that the configuration names.
 *
 * @throws {@link UnreadableSecretError}
 */
export function openChannels(settings: NotifySettings | undefined): Channel[] {
  const { webhooks = [], mail } = settings ?? {}
  const channels = webhooks.map(({ secretFile, ...rest }) =>
    createWebhook(
      { ...rest, ...(secretFile === undefined ? {} : { secret: readSecret(secretFile) }) },
      { now: Date.now },
    ),
  )
  if (!mail) return channels
  const { passwordFile, ...rest } = mail
  const password = passwordFile === undefined ? {} : { password: readSecret(passwordFile) }
  return [...channels, createMail({ ...rest, ...password })]
}

/** The first line of a file. */
function readSecret(file: string): Secret {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UnreadableSecretError(file, 'it cannot be read', error)
  }
  const line = text.split(/\r?\n/, 1)[0] ?? ''
  if (line === '') throw new UnreadableSecretError(file, 'its first line is empty')
  return secret(line)
}

/** A file that should hold a secret for telling people, and does not. */
class UnreadableSecretError extends GuardError {
  override readonly code = 'UNREADABLE_SECRET'

  constructor(file: string, why: string, cause?: unknown) {
    super(`notify: the secret in ${file} cannot be used: ${why}.`, { file }, { cause })
  }
}
