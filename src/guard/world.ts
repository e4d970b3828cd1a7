import { createArchivedSpends } from './archived-spends.ts'
import type { Deployment } from '../chain/deployment.ts'
import { encodeCall } from '../chain/encode-call.ts'
import { createExitGameReader } from '../chain/exit-game.ts'
import { createExitQueueReader } from '../chain/exit-queue.ts'
import type { Node } from '../chain/node.ts'
import type { createRootChain } from '../chain/root-chain.ts'
import { responderOf } from './signers.ts'
import type { World } from '../tasks/task.ts'
import type { TransactionArchive } from '../watcher/transaction-archive.ts'

type Parts = {
  node: Node
  deployment: Deployment
  rootChain: ReturnType<typeof createRootChain>
  archive: Pick<TransactionArchive, 'list'>
} & Pick<World, 'own' | 'witnesses' | 'submit' | 'leaving' | 'answered' | 'raise' | 'log'>

/** The world of tasks: one deployment, as a node shows it, and what is done about it. */
export function createWorld({ node, deployment, rootChain, archive, ...ports }: Parts): World {
  const { framework, paymentExitGame, minExitPeriod } = deployment
  return {
    ...ports,
    ...createExitGameReader(node, deployment),
    framework,
    exitGame: paymentExitGame,
    minExitPeriod,
    responder: responderOf(ports.own),
    now: async () => (await rootChain.head()).timestamp,
    exitQueue: createExitQueueReader(node, deployment),
    submittedBlock: rootChain.submittedBlock,
    archivedSpends: createArchivedSpends(archive, framework),
    encode: (call, bond) => encodeCall(deployment, call, bond),
  }
}
