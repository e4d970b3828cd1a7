import type { Deployment } from '../chain/deployment.ts'
import type { Node } from '../chain/node.ts'
import type { Nodes } from '../chain/nodes.ts'
import { createRootChain } from '../chain/root-chain.ts'
import { quantity } from '../chain/shapes.ts'
import type { Signer } from '../chain/signer.ts'
import type { Config } from '../config.ts'
import type { TaskFunction } from '../engine/engine.ts'
import type { Logger } from '../lib/logger.ts'
import type { Address, Wei } from '../plasma/units.ts'
import { tasks } from '../tasks/registry.ts'
import type { World } from '../tasks/task.ts'
import type { TransactionArchive } from '../watcher/transaction-archive.ts'
import { createLeaving } from './leaving.ts'
import { createSights } from './sights.ts'
import { createResponder } from './responder.ts'
import { NOBODY, ownAddresses } from './signers.ts'
import type { Verification } from './verification.ts'
import { createWorld } from './world.ts'

type Parts = {
  /** Both chains are followed through any of them; what cannot be taken back is asked of enough of them. */
  nodes: Pick<Nodes, 'pool' | 'agreed'>
  deployment: Deployment
  archive: TransactionArchive
  signers: readonly Signer[]
  /** Our own verification, where the configuration has one. */
  verification: Verification | undefined
  log: Logger
} & Pick<World, 'submit' | 'answered' | 'deadlineOf' | 'raise'>

/** What seeing and answering are made of, for a daemon and for a person's single command alike. */
export function compose(config: Config, { signers, ...parts }: Parts) {
  const { nodes, deployment, archive, verification, log, submit, answered, deadlineOf, raise } = parts
  const { pool, agreed } = nodes
  const own = ownAddresses(config.accounts, signers)
  const rootChain = createRootChain({ node: pool, deployment })
  const sights = createSights(config, { node: pool, deployment, rootChain, verification, own, log })
  const leaving = createLeaving(config, { node: agreed, deployment, archive, own, verification })
  const world = createWorld({
    ...{ node: agreed, deployment, rootChain: createRootChain({ node: agreed, deployment }) },
    ...{ archive, own, leaving, log },
    ...{ submit, answered, deadlineOf, raise },
    responder: responding(agreed, signers.length > 0 ? signers.map(({ address }) => address) : [...own]),
    witnesses: sights.witnesses,
  })
  return { own, rootChain, sights, leaving, world }
}

/** A guard without any account never gets as far as to ask a contract. */
function responding(node: Node, [first = NOBODY, ...others]: readonly Address[]): World['responder'] {
  return createResponder({
    accounts: [first, ...others],
    balance: async (account) => (await node.ask('eth_getBalance', [account, 'latest'], quantity)) as Wei,
  })
}

/** Every task, at work in a world. */
export function bindTasks(world: World): Record<string, TaskFunction> {
  return Object.fromEntries(tasks.map((task) => [task.key, task.bind(world)]))
}
