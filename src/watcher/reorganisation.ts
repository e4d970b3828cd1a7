import { RootChainMovedError } from './root-chain-moved.ts'
import type { Head, RootChain } from './root-chain.ts'

/**
 * The highest of our readings (`tips`, oldest first) that the root chain still has, when it no longer has the newest;
 * -1 when it has none of them, undefined when nothing was taken back. A head below a reading proves nothing against
 * it: the node may only be behind.
 *
 * @throws {@link RootChainMovedError} when the node has no block at a height that it just claimed.
 */
export async function commonAncestor(
  rootChain: Pick<RootChain, 'block'>,
  head: Head,
  tips: readonly Head[],
): Promise<bigint | undefined> {
  const within = tips.filter(({ number }) => number <= head.number)
  const newest = within.pop()
  if (!newest || newest.hash === head.hash || (await stands(rootChain, newest))) return undefined
  return (await newestStanding(rootChain, within))?.number ?? -1n
}

/** What stands on a block that left has left with it, so halving finds the border in a few reads. */
async function newestStanding(rootChain: Pick<RootChain, 'block'>, tips: readonly Head[]): Promise<Head | undefined> {
  let standing = 0
  let gone = tips.length
  while (standing < gone) {
    const middle = (standing + gone) >> 1
    const tip = tips[middle]
    if (tip && (await stands(rootChain, tip))) standing = middle + 1
    else gone = middle
  }
  return tips[standing - 1]
}

async function stands(rootChain: Pick<RootChain, 'block'>, tip: Head): Promise<boolean> {
  const block = await rootChain.block(tip.number)
  if (!block) throw new RootChainMovedError(tip.number)
  return block.hash === tip.hash
}
