import { encodePacked, keccak256, parseAbi } from 'viem'
import type { Address, Timestamp } from '../plasma/units.ts'
import { read } from './contract.ts'
import type { Deployment } from './deployment.ts'
import type { NextExit } from './exit-game.ts'
import type { Node } from './node.ts'

type Queue = { vaultId: bigint; token: Address }

const frameworkAbi = parseAbi(['function exitsQueues(bytes32 key) view returns (address)'])
const queueAbi = parseAbi(['function heapList() view returns (uint256[])'])
const NOBODY = /^0x0{40}$/
const EXIT_ID_MASK = 2n ** 160n - 1n

/**
 * Reads who waits in the exit queue of a token, in the order in which they will be processed; nobody when there is no
 * such queue (contracts v1.0.4, `PriorityQueue`: a heap whose first element is a dummy).
 *
 * @throws {@link RootChainUnavailableError}
 */
export function createExitQueueReader(
  node: Node,
  { framework }: Pick<Deployment, 'framework'>,
): (queue: Queue) => Promise<readonly NextExit[]> {
  return async ({ vaultId, token }) => {
    const key = keccak256(encodePacked(['uint256', 'address'], [vaultId, token]))
    const found = await read(node, { address: framework, abi: frameworkAbi, functionName: 'exitsQueues', args: [key] })
    if (NOBODY.test(found)) return []
    const address = found.toLowerCase() as Address
    const heap = await read(node, { address, abi: queueAbi, functionName: 'heapList', args: [] })
    const priorities = heap.filter((priority) => priority !== 0n)
    return priorities.sort((left, right) => (left < right ? -1 : 1)).map(entry)
  }
}

/** 42 bits exitable-at, 54 bits position, 160 bits exit id (contracts.md 3). */
function entry(priority: bigint): NextExit {
  return { exitId: priority & EXIT_ID_MASK, exitableAt: (priority >> 214n) as Timestamp }
}
