import type { Hash } from '../../src/plasma/units.ts'
import type { Placed } from './book.ts'

/** A block whose root is on the root chain, or on its way there. */
export type FormedBlock = { blknum: bigint; root: Hash; transactions: readonly Placed[] }

/** `honest`: as it is. `withheld`: not at all. `forged`: without its last transaction, so that it misses its root. */
export type Serving = 'honest' | 'withheld' | 'forged'

/** A block as the operator's API gives it. */
type ServedBlock = { blknum: bigint; hash: Hash; transactions: readonly Uint8Array[] }

/** The blocks that the operator has formed, and what it makes of them towards others. */
export type Archive = {
  add: (block: FormedBlock, serving: Serving) => void
  /** A block as it is. */
  block: (blknum: bigint) => FormedBlock | undefined
  /** A block as others see it. */
  served: (root: Hash) => ServedBlock | undefined
  /** Changes what others see of a block from now on. */
  serve: (blknum: bigint, serving: Serving) => void
}

export function createArchive(): Archive {
  const blocks = new Map<Hash, FormedBlock & { serving: Serving }>()
  const find = (blknum: bigint) => [...blocks.values()].find((block) => block.blknum === blknum)
  return {
    add: (block, serving) => {
      blocks.set(block.root, { ...block, serving })
    },
    block: find,
    served: (root) => {
      const block = blocks.get(root)
      return block && show(block)
    },
    serve: (blknum, serving) => {
      const block = find(blknum)
      if (block) block.serving = serving
    },
  }
}

function show({ blknum, root, transactions, serving }: FormedBlock & { serving: Serving }): ServedBlock | undefined {
  if (serving === 'withheld') return undefined
  const signed = transactions.map(({ bytes }) => bytes)
  return { blknum, hash: root, transactions: serving === 'forged' ? signed.slice(0, -1) : signed }
}
