import { recoverSigners, type KnownTransaction } from '../exit-game/known-transaction.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import { recover as nobleRecover } from '../plasma/signature.ts'
import { decodeSignedTransaction } from '../plasma/transaction.ts'
import type { UtxoPos } from '../plasma/units.ts'
import type { ServedBlock } from './operator.ts'

/**
 * Signed transactions that were seen outside applied blocks: submitted through us, or in blocks that cannot be applied.
 * Whatever becomes of those blocks, a signature stays a proof, so nothing is ever forgotten.
 */
export type Witness = {
  seeTransaction: (signedTx: Uint8Array) => void
  /** Looks at every transaction of a block, valid or not. False when it has seen the block before. */
  seeBlock: (block: ServedBlock) => boolean
  spends: (utxoPos: UtxoPos) => readonly KnownTransaction[]
}

export function createWitness({ framework, recover = nobleRecover }: Recovery): Witness {
  const spends = new Map<UtxoPos, KnownTransaction[]>()
  const seen = new WeakSet<ServedBlock>()

  function seeTransaction(signedTx: Uint8Array): void {
    const decoded = decodeSignedTransaction(signedTx)
    if (!decoded.ok) return
    const known = recoverSigners(decoded.value, { framework, recover })
    if (known.signatures.size === 0) return
    for (const utxoPos of new Set(known.transaction.inputs)) {
      spends.set(utxoPos, [...(spends.get(utxoPos) ?? []), known])
    }
  }

  return {
    seeTransaction,
    seeBlock: (block) => {
      if (seen.has(block)) return false
      seen.add(block)
      for (const signedTx of block.transactions) seeTransaction(signedTx)
      return true
    },
    spends: (utxoPos) => spends.get(utxoPos) ?? [],
  }
}
