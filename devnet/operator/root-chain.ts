import type { Address, Hash, UtxoPos, Wei } from '../../src/plasma/units.ts'

/** What happened on the root chain that changes which outputs may be spent. */
export type News =
  | { type: 'deposited'; utxoPos: UtxoPos; owner: Address; currency: Address; amount: Wei }
  /** A standard exit's output, or an input of an in-flight exit. */
  | { type: 'exited'; utxoPos: UtxoPos }
  | { type: 'output piggybacked'; txHash: Hash; outputIndex: number }

/** What the operator asks of the root chain. */
export type OperatorRootChain = {
  nextChildBlock: () => Promise<bigint>
  /** Resolves when the root is mined. */
  submitBlock: (root: Hash) => Promise<void>
  /** Everything since the last call, in the order of the chain. */
  news: () => Promise<readonly News[]>
}
