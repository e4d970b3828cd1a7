import type { FastifyInstance } from 'fastify'
import type { Logger } from '../lib/logger.ts'
import { envelopeOf } from './answer.ts'
import { inFlightExitRoutes } from './in-flight-exit-routes.ts'
import { createListener } from './listener.ts'
import { serviceRoutes } from './service-routes.ts'
import { statusRoute } from './status-route.ts'
import { transactionRoutes } from './transaction-routes.ts'
import { utxoRoutes } from './utxo-routes.ts'
import type { WatcherApi } from './watcher-api.ts'

/** The security-critical API of elixir-omg's Watcher (watcher.md 2.2). `version` is this program's. */
export function createWatcherListener(
  api: WatcherApi,
  { version, log }: { version: string; log: Logger },
): FastifyInstance {
  return createListener({
    routes: [
      statusRoute(api),
      ...utxoRoutes(api),
      ...inFlightExitRoutes(api),
      ...transactionRoutes(api),
      ...serviceRoutes(api),
    ],
    envelope: envelopeOf({ name: 'watcher', version }),
    log,
  })
}
