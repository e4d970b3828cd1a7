import type { Logger } from '../lib/logger.ts'
import type { Facts } from './facts.ts'
import type { Head, RootChain } from './root-chain.ts'
import { RootChainMovedError } from './root-chain-moved.ts'

type Ports = { rootChain: Pick<RootChain, 'block'>; facts: Facts; log: Logger }

/**
 * Takes back what stands on blocks that the root chain no longer has: down to the newest reading that it still has,
 * or everything. A head below all readings proves nothing, the node may only be behind.
 *
 * @throws {@link RootChainMovedError} when the node has no block at a height that it just claimed.
 */
export async function takeBackOrphans(ports: Ports, head: Head): Promise<void> {
  const within = ports.facts.tips().filter(({ number }) => number <= head.number)
  const newest = within.pop()
  if (!newest || (await stands(ports, newest))) return
  const ancestor = await newestStanding(ports, within)
  ports.log.warn({ orphaned: newest.number, ancestor: ancestor?.number, head: head.number }, 'root chain reorganised')
  ports.facts.dropAbove(ancestor?.number ?? -1n)
}

/** A block that left never comes back below one that left, so halving finds the border in a few reads. */
async function newestStanding(ports: Ports, tips: readonly Head[]): Promise<Head | undefined> {
  let standing = 0
  let gone = tips.length
  while (standing < gone) {
    const middle = (standing + gone) >> 1
    const tip = tips[middle]
    if (tip && (await stands(ports, tip))) standing = middle + 1
    else gone = middle
  }
  return tips[standing - 1]
}

async function stands({ rootChain }: Ports, tip: Head): Promise<boolean> {
  const block = await rootChain.block(tip.number)
  if (!block) throw new RootChainMovedError(tip.number)
  return block.hash === tip.hash
}
