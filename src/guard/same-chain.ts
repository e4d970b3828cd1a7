import type { Node } from '../chain/node.ts'
import { quantity } from '../chain/shapes.ts'
import { GuardError } from '../lib/errors.ts'
import type { RootChain } from '../watcher/root-chain.ts'

type Parts = { node: Pick<Node, 'ask'>; chainId: bigint }

/**
 * A root chain whose node is asked at every look whether it is still on its chain. On another one nothing of what is
 * known would stand, as after a reorganisation of everything, and all of it would be taken back.
 */
export function alwaysSame(rootChain: RootChain, { node, chainId }: Parts): RootChain {
  return {
    ...rootChain,
    head: async () => {
      const head = await rootChain.head()
      const there = await node.ask('eth_chainId', [], quantity)
      if (there !== chainId) throw new AnotherRootChainError(there, chainId)
      return head
    },
  }
}

/** The node speaks of another chain than it did when the program was started. */
class AnotherRootChainError extends GuardError {
  override readonly code = 'ANOTHER_ROOT_CHAIN'
  override readonly retryable = true

  constructor(there: bigint, wanted: bigint) {
    super(
      `The root chain node is on chain ${String(there)} now, not on ${String(wanted)}: nothing that it says is taken in.`,
      { there, wanted },
    )
  }
}
