import type { Deployment } from '../chain/deployment.ts'
import type { Node } from '../chain/node.ts'
import { createRootChain } from '../chain/root-chain.ts'
import type { Signer } from '../chain/signer.ts'
import type { Config } from '../config.ts'
import type { TaskFunction } from '../engine/engine.ts'
import type { Logger } from '../lib/logger.ts'
import { tasks } from '../tasks/registry.ts'
import type { World } from '../tasks/task.ts'
import type { TransactionArchive } from '../watcher/transaction-archive.ts'
import { createLeaving } from './leaving.ts'
import { createSights } from './sights.ts'
import { ownAddresses } from './signers.ts'
import type { Verification } from './verification.ts'
import { createWorld } from './world.ts'

type Parts = {
  node: Node
  deployment: Deployment
  archive: TransactionArchive
  signers: readonly Signer[]
  /** Our own verification, where the configuration has one. */
  verification: Verification | undefined
  log: Logger
} & Pick<World, 'submit' | 'answered' | 'raise'>

/** What seeing and answering are made of, for a daemon and for a person's single command alike. */
export function compose(config: Config, { signers, ...parts }: Parts) {
  const { node, deployment, archive, verification, log, submit, answered, raise } = parts
  const own = ownAddresses(config.accounts, signers)
  const rootChain = createRootChain({ node, deployment })
  const sights = createSights(config, { node, deployment, rootChain, verification, own, log })
  const leaving = createLeaving(config, { node, deployment, archive, own, verification })
  const world = createWorld({
    ...{ node, deployment, rootChain, archive, own, leaving, log },
    ...{ submit, answered, raise },
    witnesses: sights.witnesses,
  })
  return { own, rootChain, sights, leaving, world }
}

/** Every task, at work in a world. */
export function bindTasks(world: World): Record<string, TaskFunction> {
  return Object.fromEntries(tasks.map((task) => [task.key, task.bind(world)]))
}
