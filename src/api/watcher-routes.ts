import { inFlightExitRoutes } from './in-flight-exit-routes.ts'
import { described, type DescribedRoute } from './route.ts'
import { serviceRoutes } from './service-routes.ts'
import { statusRoute } from './status-route.ts'
import { statusSchema } from './status-schema.ts'
import { transactionRoutes } from './transaction-routes.ts'
import { utxoRoutes } from './utxo-routes.ts'
import type { WatcherApi } from './watcher-api.ts'

/** The security-critical API of elixir-omg's Watcher (watcher.md 2.2). */
export function watcherRoutes(api: WatcherApi): readonly DescribedRoute[] {
  return [
    described({ summary: 'What is wrong, and how far the watcher has come.', data: statusSchema }, statusRoute(api)),
    ...utxoRoutes(api),
    ...inFlightExitRoutes(api),
    ...transactionRoutes(api),
    ...serviceRoutes(api),
  ]
}
