import { encodePayment, encodeSigned } from '../src/plasma/encode-transaction.ts'
import type { Address, Hash, Wei } from '../src/plasma/units.ts'
import { type Coin, coinsOf, transactionOf } from './actor-coin.ts'
import { type Signer, signPayment } from './operator/payment.ts'

/** A signed payment, wherever it may end up. */
export type Payment = {
  raw: Uint8Array
  /** One an input, in input order. */
  signatures: readonly Uint8Array[]
  /** With its signatures, as the operator takes it. */
  bytes: Uint8Array
  txHash: Hash
  inputs: readonly Coin[]
}

/** A payment that has its place in a child block. */
export type Included = Payment & { blknum: bigint; txIndex: number; outputs: readonly Coin[] }

export type Payee = { to: Address; amount: Wei; currency?: Address }

/** Makes a payment of coins; each is signed by whoever of `signers` owns it, or else by the first of them. */
export function makePayment(
  signers: readonly [Signer, ...Signer[]],
  inputs: readonly Coin[],
  payees: readonly Payee[],
): Payment {
  const [first] = signers
  const raw = encodePayment({
    inputs: inputs.map(({ utxoPos }) => utxoPos),
    outputs: payees.map(({ to, amount, currency }) => ({
      outputType: 1,
      owner: to,
      currency: currency ?? currencyOf(inputs),
      amount,
    })),
  })
  const signatures = inputs.map(({ owner }) =>
    signPayment(signers.find(({ address }) => address === owner) ?? first, raw),
  )
  const bytes = encodeSigned(raw, signatures)
  return { raw, signatures, bytes, txHash: transactionOf(raw).txHash, inputs }
}

/** Gives a payment its place. */
export function included(payment: Payment, place: { blknum: bigint; txIndex: number }): Included {
  return { ...payment, ...place, outputs: coinsOf(payment.raw, place) }
}

function currencyOf(inputs: readonly Coin[]): Address {
  const [coin] = inputs
  if (!coin) throw new Error('A payment without inputs must name the currency of every output.')
  return coin.currency
}
