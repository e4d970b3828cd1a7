import type { FastifyInstance } from 'fastify'
import { accountRoutes } from './account-routes.ts'
import { envelopeOf } from './answer.ts'
import { blockRoutes } from './block-routes.ts'
import { createRoute } from './create-route.ts'
import { depositRoutes } from './deposit-routes.ts'
import { feeRoute } from './fee-route.ts'
import { historyRoutes } from './history-routes.ts'
import type { InfoApi } from './info-api.ts'
import { createListener } from './listener.ts'
import { mergeRoute } from './merge-route.ts'
import type { DescribedRoute } from './route.ts'
import { statsRoute } from './stats-route.ts'
import { submitTypedRoute } from './submit-typed-route.ts'
import type { ListenerSettings } from './watcher-listener.ts'
import { watcherRoutes } from './watcher-routes.ts'

/** elixir-omg's Watcher Info API (watcher.md 2.3), with the security-critical one: clients may ask it for everything. */
export function createInfoListener(api: InfoApi, { version, ...settings }: ListenerSettings): FastifyInstance {
  return createListener({
    routes: [...watcherRoutes(api), ...infoRoutes(api)],
    service: { title: 'Watcher Info', version },
    envelope: envelopeOf({ name: 'watcher_info', version }),
    ...settings,
  })
}

export function infoRoutes(api: InfoApi): readonly DescribedRoute[] {
  return [
    ...accountRoutes(api),
    ...historyRoutes(api),
    ...blockRoutes(api),
    ...depositRoutes(api),
    createRoute(api),
    mergeRoute(api),
    submitTypedRoute(api),
    feeRoute(api),
    statsRoute(api),
  ]
}
