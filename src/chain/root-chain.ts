import type { Hash, Timestamp } from '../plasma/units.ts'
import type { RootChain } from '../watcher/root-chain.ts'
import { frameworkAbi } from './abi.ts'
import { readBlock, readHead } from './blocks.ts'
import { read } from './contract.ts'
import type { Deployment } from './deployment.ts'
import { createExitGameReader } from './exit-game.ts'
import { type LocatedExit, locateStandardExit, type NamedExit } from './locate-standard-exit.ts'
import { createLogReader } from './logs.ts'
import type { Node } from './node.ts'
import { readEvents } from './read-events.ts'
import { createCalls } from './sent-calls.ts'
import type { Archive } from './sources.ts'

type Setup = { node: Node; deployment: Deployment; archive?: Archive }

/**
 * The root chain as a node tells it, for the watcher and for whoever has to find an exit by its output.
 *
 * `archive`: raw transactions that the guard has itself, for exits that were started through another contract.
 */
export function createRootChain(setup: Setup): RootChain & {
  locateStandardExit: (exit: NamedExit) => Promise<LocatedExit | undefined>
} {
  const { node, deployment, archive } = setup
  const reader = createExitGameReader(node, deployment)
  const logs = createLogReader(node)
  const submittedBlock = createBlockReader(node, deployment)
  const { paymentExitGame: exitGame, framework } = deployment
  return {
    head: async () => {
      const { number, hash, timestamp } = await readHead(node)
      return { number, hash, timestamp }
    },
    block: (number) => readBlock(node, number),
    events: (from, to) => {
      const sources = { node, framework, exitGame, reader, submittedBlock, calls: createCalls(node), archive }
      return readEvents({ deployment, logs, sources }, from, to)
    },
    submittedBlock,
    nextChildBlock: () =>
      read(node, { address: framework, abi: frameworkAbi, functionName: 'nextChildBlock', args: [] }),
    locateStandardExit: (exit) => locateStandardExit({ node, exitGame, reader, logs }, exit),
  }
}

function createBlockReader(node: Node, { framework }: Deployment): RootChain['submittedBlock'] {
  return async (blknum) => {
    const blocks = { address: framework, abi: frameworkAbi, functionName: 'blocks', args: [blknum] } as const
    const [root, timestamp] = await read(node, blocks)
    return /^0x0+$/.test(root) ? undefined : { root: root as Hash, timestamp: timestamp as Timestamp }
  }
}
