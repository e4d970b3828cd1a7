import type { Deployment } from './chain/deployment.ts'
import type { Node } from './chain/node.ts'
import type { createRootChain } from './chain/root-chain.ts'
import type { Config } from './config.ts'
import type { ConditionBoard } from './events/board.ts'
import { relevant } from './events/relevant.ts'
import type { Logger } from './lib/logger.ts'
import { createOwnWitness } from './own-witness.ts'
import { createRemoteSight } from './remote-sight.ts'
import type { Address } from './plasma/units.ts'
import type { Database } from './store/database.ts'
import { createTransactionArchive } from './store/transaction-archive.ts'
import type { Witness } from './tasks/task.ts'
import { createVerification } from './verification.ts'

type Parts = {
  node: Node
  deployment: Deployment
  rootChain: ReturnType<typeof createRootChain>
  database: Database
  own: ReadonlySet<Address>
  log: Logger
}

/** A way of seeing what goes wrong, which can also prove it. */
export type Sight = {
  name: string
  witness: Witness
  run: (pin: ConditionBoard['pin'], signal: AbortSignal) => Promise<void>
}

/** Every way of seeing that the configuration opens, the most trusted first. */
export function createSights(config: Config, parts: Parts) {
  const sights: Sight[] = []
  if (config.childChain) sights.push(ownSight(config, config.childChain, parts))
  if (config.watcher) sights.push(createRemoteSight(config.watcher, parts))
  return {
    order: sights.map(({ name }) => name),
    witnesses: sights.map(({ witness }) => witness),
    run: async (pin: ConditionBoard['pin'], signal: AbortSignal) => {
      await Promise.all(sights.map((sight) => sight.run(pin, signal)))
    },
  }
}

function ownSight(config: Config, childChain: NonNullable<Config['childChain']>, parts: Parts): Sight {
  const archive = createTransactionArchive(parts.database)
  const margin = BigInt(config.rootChain.confirmations - 1)
  const watcher = createVerification(childChain, { ...parts, archive }, margin)
  return {
    name: 'own verification',
    witness: createOwnWitness(watcher, parts.deployment.framework),
    run: async (pin, signal) => {
      watcher.onHead(({ head, conditions }) => {
        void pin('own verification', relevant(conditions, { now: head.timestamp, own: parts.own }), head)
      })
      await watcher.run(signal)
    },
  }
}
