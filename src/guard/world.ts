import { createArchivedSpends } from './archived-spends.ts'
import type { Deployment } from '../chain/deployment.ts'
import { encodeCall } from '../chain/encode-call.ts'
import { createExitGameReader } from '../chain/exit-game.ts'
import { createExitQueueReader } from '../chain/exit-queue.ts'
import type { Node } from '../chain/node.ts'
import type { createRootChain } from '../chain/root-chain.ts'
import { quantity } from '../chain/shapes.ts'
import type { Signer } from '../chain/signer.ts'
import type { Wei } from '../plasma/units.ts'
import type { World } from '../tasks/task.ts'
import type { TransactionArchive } from '../watcher/transaction-archive.ts'
import { createResponder } from './responder.ts'

type Parts = {
  node: Node
  deployment: Deployment
  rootChain: ReturnType<typeof createRootChain>
  archive: Pick<TransactionArchive, 'list'>
  signers: readonly Signer[]
} & Pick<World, 'witnesses' | 'submit' | 'leaving' | 'answered' | 'raise' | 'log'>

/** The world of tasks: one deployment, as a node shows it, and what is done about it. */
export function createWorld({ node, deployment, rootChain, archive, signers, ...ports }: Parts): World {
  const { framework, paymentExitGame, minExitPeriod } = deployment
  const responder = responderOf(node, signers)
  return {
    ...ports,
    ...createExitGameReader(node, deployment),
    framework,
    exitGame: paymentExitGame,
    minExitPeriod,
    own: new Set(signers.map(({ address }) => address)),
    responder: responder ?? (() => Promise.resolve(framework)),
    submit: async (intent) =>
      ports.submit(responder && intent.from === undefined ? { ...intent, from: await responder() } : intent),
    now: async () => (await rootChain.head()).timestamp,
    exitQueue: createExitQueueReader(node, deployment),
    submittedBlock: rootChain.submittedBlock,
    archivedSpends: createArchivedSpends(archive, framework),
    encode: (call, bond) => encodeCall(deployment, call, bond),
  }
}

/** Undefined where nobody can sign. */
function responderOf(node: Node, signers: readonly Signer[]): World['responder'] | undefined {
  const [first, ...others] = signers.map(({ address }) => address)
  if (first === undefined) return undefined
  return createResponder({
    accounts: [first, ...others],
    balance: async (account) => (await node.ask('eth_getBalance', [account, 'latest'], quantity)) as Wei,
  })
}
