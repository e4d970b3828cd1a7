import type { Config } from '../config.ts'
import type { ConditionBoard } from '../events/board.ts'
import { mustStay } from '../events/leaving.ts'
import { createOwnSight } from './own-sight.ts'
import { createRemoteSight } from './remote-sight.ts'
import type { Outlet, Sight, SightParts } from './sight.ts'

/** Every way of seeing that the configuration opens, the most trusted first. */
export function createSights(config: Config, parts: SightParts) {
  const sights: Sight[] = []
  if (parts.verification) sights.push(createOwnSight(parts.verification, parts))
  if (config.watcher) sights.push(createRemoteSight(config.watcher, { ...parts, isAlone: !config.childChain }))
  const stays = whyItStays(config)
  return {
    sights,
    order: sights.map(({ name }) => name),
    witnesses: sights.map(({ witness }) => witness),
    verification: sights.find(({ verification }) => verification)?.verification,
    run: async (outlet: Outlet, signal: AbortSignal) => {
      const heard = stays === undefined ? outlet : { ...outlet, pin: alarming(outlet, stays) }
      await Promise.all(sights.map((sight) => sight.run(heard, signal)))
    },
  }
}

/** Why the guard would not leave the chain by itself, whatever happens; undefined when it might. */
function whyItStays({ mode, childChain, watcher }: Config): string | undefined {
  if (mode !== 'defend-and-exit') return `its mode is ${mode}`
  if (!childChain && !watcher?.trusted) return 'it does not verify the chain itself, and the Watcher is not trusted'
  return undefined
}

function alarming({ pin, alarms }: Outlet, why: string): ConditionBoard['pin'] {
  return async (source, conditions, head) => {
    for (const alarm of mustStay(conditions, why)) await alarms.raise(alarm)
    await pin(source, conditions, head)
  }
}
