import { toHex, type Hex } from '../../src/lib/bytes.ts'
import { fromHex } from '../../src/lib/bytes.ts'
import { leafHash, merkleProof } from '../../src/plasma/merkle.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { sign } from '../../src/plasma/signature.ts'
import { encodePayment } from '../../src/plasma/encode-transaction.ts'
import { decodeTransaction, type Output } from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import { ETH, type Address, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import type { Accounts, Role } from '../../devnet/accounts.ts'

/** An output in a block, with all that a contract wants to know of it. */
export type Coin = { utxoPos: UtxoPos; tx: Hex; proof: Hex; owner: Role; currency: Address; amount: bigint }

export type Payee = { to: Role; amount: bigint; currency?: Address; outputType?: number }

/** A signed payment, in no block yet. */
export type Payment = { tx: Hex; inputs: readonly Coin[]; payees: readonly Payee[]; witnesses: readonly Hex[] }

/** A payment in a block. */
export type Included = Payment & { txPos: bigint; proof: Hex; coins: readonly Coin[] }

type Signing = { accounts: Accounts; framework: Address }

let serial = 0n

/** A payment signed by the owners of its inputs, like no other payment. */
export function makePayment(
  { accounts, framework }: Signing,
  { inputs, payees }: { inputs: readonly Coin[]; payees: readonly Payee[] },
): Payment {
  serial += 1n
  const raw = encodePayment({
    inputs: inputs.map(({ utxoPos }) => utxoPos),
    outputs: payees.map((payee) => outputOf(accounts, payee)),
    metadata: fromHex(`0x${serial.toString(16).padStart(64, '0')}`),
  })
  const decoded = decodeTransaction(raw)
  if (!decoded.ok) throw new Error(decoded.error)
  const digest = signingHash(decoded.value, framework)
  const witnesses = inputs.map(({ owner }) => toHex(sign(digest, fromHex(accounts[owner].privateKey))))
  return { tx: toHex(raw), inputs, payees, witnesses }
}

function outputOf(accounts: Accounts, { to, amount, currency = ETH, outputType = 1 }: Payee): Output {
  return { outputType, owner: accounts[to].address, currency, amount: amount as Wei }
}

/** What a block of these payments holds. */
export function includeAll(blknum: bigint, payments: readonly Payment[]): Included[] {
  const leaves = payments.map(({ tx }) => leafHash(fromHex(tx)))
  return payments.map((payment, txIndex) => {
    const proof = toHex(merkleProof(leaves, txIndex))
    const coins = payment.payees.map(({ to, amount, currency = ETH }, outputIndex) => ({
      utxoPos: encodeUtxoPos({ blknum, txIndex, outputIndex }),
      tx: payment.tx,
      proof,
      owner: to,
      currency,
      amount,
    }))
    return { ...payment, txPos: encodeUtxoPos({ blknum, txIndex, outputIndex: 0 }), proof, coins }
  })
}
