import { sign } from '../../src/plasma/signature.ts'
import { encodePayment, encodeSigned } from '../../src/plasma/encode-transaction.ts'
import { decodeTransaction } from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import type { Address, UtxoPos, Wei } from '../../src/plasma/units.ts'

/** Who signs a payment, for the child chain of which framework. */
export type Signer = { address: Address; privateKey: Uint8Array; framework: Address }

/** What a payment spends, whole. */
export type Spendable = { utxoPos: UtxoPos; currency: Address; amount: Wei }

/** The signed transaction that gives a whole output to somebody. */
export function signedPayment(signer: Signer, coin: Spendable, to: Address): Uint8Array {
  const { currency, amount } = coin
  const raw = encodePayment({ inputs: [coin.utxoPos], outputs: [{ outputType: 1, owner: to, currency, amount }] })
  return encodeSigned(raw, [signPayment(signer, raw)])
}

/** A signature over a raw transaction, as the contracts and the child chain want it. */
export function signPayment(signer: Signer, raw: Uint8Array): Uint8Array {
  const decoded = decodeTransaction(raw)
  if (!decoded.ok) throw new Error(`Not a transaction: ${decoded.error}`)
  return sign(signingHash(decoded.value, signer.framework), signer.privateKey)
}
