import { recoverSigners, type KnownTransaction } from '../exit-game/known-transaction.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import { decodeSignedTransaction } from '../plasma/transaction.ts'
import type { UtxoPos } from '../plasma/units.ts'

/** Signed transactions that were seen outside blocks, by what they spend. A signature stays a proof: none is forgotten. */
export type Witness = {
  seeTransaction: (signedTx: Uint8Array) => void
  spends: (utxoPos: UtxoPos) => readonly KnownTransaction[]
}

export function createWitness(recovery: Recovery): Witness {
  const spends = new Map<UtxoPos, KnownTransaction[]>()
  return {
    seeTransaction: (signedTx) => {
      const known = knownFrom(signedTx, recovery)
      for (const utxoPos of new Set(known?.transaction.inputs)) {
        if (known) spends.set(utxoPos, [...(spends.get(utxoPos) ?? []), known])
      }
    },
    spends: (utxoPos) => spends.get(utxoPos) ?? [],
  }
}

/** What signed bytes prove; undefined when they are no transaction, or nobody has signed it. */
export function knownFrom(signedTx: Uint8Array, recovery: Recovery): KnownTransaction | undefined {
  const decoded = decodeSignedTransaction(signedTx)
  if (!decoded.ok) return undefined
  const known = recoverSigners(decoded.value, recovery)
  return known.signatures.size === 0 ? undefined : known
}
