import { concatBytes } from '../lib/bytes.ts'
import { readChecked, type CheckedSlice, type Columns } from './block-slice.ts'
import { checkServing, present, type BlockVerdict, type Serving } from './block.ts'
import { keccak as nobleKeccak, type Keccak } from './keccak.ts'
import { rootOfSubtrees, SUBTREE_LEAVES } from './merkle.ts'

/** A run of a block's transactions. */
export type Slice = { from: number; transactions: readonly Uint8Array[] }

/** Small enough to keep every thread busy to the end of a block. */
const SLICE_LEAVES = 4 * SUBTREE_LEAVES

/** Cuts a block's transactions where its subtrees end. */
export function cutIntoSlices(transactions: readonly Uint8Array[], size = SLICE_LEAVES): Slice[] {
  const slices: Slice[] = []
  for (let from = 0; from < transactions.length; from += size) {
    slices.push({ from, transactions: transactions.slice(from, from + size) })
  }
  return slices
}

/**
 * The verdict of {@link checkBlock}, from those on all its slices.
 *
 * @param slices - in the block's order.
 */
export function assembleBlock(
  { requested, served }: Serving,
  slices: readonly { from: number; checked: CheckedSlice }[],
  keccak: Keccak = nobleKeccak,
): BlockVerdict {
  const error = checkServing({ requested, served })
  if (error) return { ok: false, finding: { errorType: error } }
  const parts: Columns[] = []
  for (const { from, checked } of slices.toReversed()) {
    if (!checked.ok) return { ok: false, finding: { errorType: checked.error, txIndex: from + checked.txIndex } }
    parts.push(checked.columns)
  }
  const columns = joinColumns(parts.reverse())
  if (rootOfSubtrees(columns.nodes, keccak) !== requested.hash) {
    return { ok: false, finding: { errorType: 'incorrect_hash' } }
  }
  const { transactions } = served
  const at = (txIndex: number) => readChecked(present(transactions[txIndex], txIndex), columns, txIndex)
  return { ok: true, block: { ...requested, nodes: columns.nodes, count: transactions.length, at } }
}

function joinColumns(parts: readonly Columns[]): Columns {
  return {
    hashes: concatBytes(...parts.map(({ hashes }) => hashes)),
    signers: concatBytes(...parts.map(({ signers }) => signers)),
    nodes: concatBytes(...parts.map(({ nodes }) => nodes)),
  }
}
