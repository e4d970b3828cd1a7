import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { encodePayment, encodeSigned } from '../../src/plasma/encode-transaction.ts'
import type { Address, Wei } from '../../src/plasma/units.ts'
import { signedPayment, type Signer, type Spendable } from './payment.ts'

// What makes a block invalid, as signed transactions for `formBlock({ also })`. A block that is withheld or forged
// needs none: `formBlock({ serving })`.

/** An output that nothing paid for. */
export function mintFromNothing(minted: { to: Address; currency: Address; amount: Wei }): readonly Uint8Array[] {
  const { to: owner, currency, amount } = minted
  const raw = encodePayment({ inputs: [], outputs: [{ outputType: 1, owner, currency, amount }] })
  return [encodeSigned(raw, [])]
}

/** One output, spent twice in a block. */
export function doubleSpend(theft: { thief: Signer; coin: Spendable; to: Address }): readonly Uint8Array[] {
  const { thief, coin, to } = theft
  return [signedPayment(thief, coin, to), signedPayment(thief, coin, thief.address)]
}

/** One output, spent in a block that is valid, and again in a later one. */
export function doubleSpendAcrossBlocks(theft: { thief: Signer; coin: Spendable; to: Address }): {
  first: readonly Uint8Array[]
  second: readonly Uint8Array[]
} {
  const { thief, coin, to } = theft
  return { first: [signedPayment(thief, coin, to)], second: [signedPayment(thief, coin, thief.address)] }
}

/** Somebody's output, spent with the thief's signature. */
export function foreignSignature({ thief, coin }: { thief: Signer; coin: Spendable }): readonly Uint8Array[] {
  return [signedPayment(thief, coin, thief.address)]
}

/** The spend of an output that never was. */
export function phantomInput(theft: { thief: Signer; currency: Address; amount: Wei }): readonly Uint8Array[] {
  const { thief, currency, amount } = theft
  const utxoPos = encodeUtxoPos({ blknum: 1000n, txIndex: 60_000, outputIndex: 3 })
  return [signedPayment(thief, { utxoPos, currency, amount }, thief.address)]
}
