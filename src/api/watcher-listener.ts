import type { FastifyInstance } from 'fastify'
import type { Logger } from '../lib/logger.ts'
import { envelopeOf } from './answer.ts'
import { createListener, type Patience } from './listener.ts'
import type { WatcherApi } from './watcher-api.ts'
import { watcherRoutes } from './watcher-routes.ts'

/** `version` is this program's. */
export type ListenerSettings = { version: string; log: Logger; patience?: Patience }

/** The security-critical API of elixir-omg's Watcher (watcher.md 2.2). */
export function createWatcherListener(api: WatcherApi, { version, ...settings }: ListenerSettings): FastifyInstance {
  return createListener({
    routes: watcherRoutes(api),
    service: { title: 'Watcher, security-critical', version },
    envelope: envelopeOf({ name: 'watcher', version }),
    ...settings,
  })
}
