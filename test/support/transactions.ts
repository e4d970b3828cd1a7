import { concatBytes, fromHex, uint256 } from '../../src/lib/bytes.ts'
import { keccak } from '../../src/plasma/keccak.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { encodeRlp } from '../../src/plasma/rlp.ts'
import { sign } from '../../src/plasma/signature.ts'
import { depositTransaction, encodePayment, encodeSigned } from '../../src/plasma/encode-transaction.ts'
import {
  decodeSignedTransaction,
  decodeTransaction,
  type Output,
  type SignedTransaction,
  type Transaction,
} from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import { minimalUint } from '../../src/plasma/uint.ts'
import { ETH, type Address, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import type { Signer } from './signers.ts'

/** The framework whose name stands in every signature of the stories. */
export const framework = '0x5fbdb2315678afecb367f032d93f642f64180aa3' as Address
/** A token beside ether. */
export const token = '0x70c3000000000000000000000000000000000001' as Address

type Coin = { utxoPos: UtxoPos; signer: Signer }

/** Position of an output. */
export function at(blknum: bigint, txIndex = 0, outputIndex = 0): UtxoPos {
  return encodeUtxoPos({ blknum, txIndex, outputIndex })
}

/** An output of ether, unless `currency` says otherwise. */
export function pay(to: Signer, amount: bigint, currency: Address = ETH): Output {
  return { outputType: 1, owner: to.address, currency, amount: amount as Wei }
}

/** A raw payment nobody has signed. */
export function rawPayment(inputs: readonly UtxoPos[], outputs: readonly Output[], metadata?: Uint8Array): Transaction {
  return transactionOf(encodePayment({ inputs, outputs, ...(metadata && { metadata }) }))
}

/** A payment, each input signed by the one who is named with it. */
export function payment(coins: readonly Coin[], outputs: readonly Output[], metadata?: Uint8Array): SignedTransaction {
  const transaction = rawPayment(
    coins.map((coin) => coin.utxoPos),
    outputs,
    metadata,
  )
  const digest = signingHash(transaction, framework)
  return signedWith(
    transaction,
    coins.map((coin) => sign(digest, coin.signer.privateKey)),
  )
}

/** A transaction with these signatures, right or wrong. */
export function signedWith(transaction: Transaction, signatures: readonly Uint8Array[]): SignedTransaction {
  const decoded = decodeSignedTransaction(encodeSigned(transaction.raw, signatures))
  if (!decoded.ok) throw new Error(decoded.error)
  return decoded.value
}

/** The transaction of a deposit. */
export function deposit(owner: Signer, amount: bigint, currency: Address = ETH): Transaction {
  return transactionOf(depositTransaction({ owner: owner.address, currency, amount: amount as Wei }))
}

/** The operator claims the fees of a block. */
export function fee(
  blknum: bigint,
  { owner, amount, currency = ETH }: { owner: Signer; amount: bigint; currency?: Address },
): SignedTransaction {
  const output: Output = { outputType: 2, owner: owner.address, currency, amount: amount as Wei }
  const nonce = keccak(concatBytes(uint256(blknum), new Uint8Array(12), fromHex(currency)))
  return signedWith(transactionOf(encodeFee(output, nonce)), [])
}

/** The raw bytes of a fee transaction. */
export function encodeFee({ outputType, owner, currency, amount }: Output, nonce: Uint8Array): Uint8Array {
  const output = [minimalUint(BigInt(outputType)), [fromHex(owner), fromHex(currency), minimalUint(amount)]]
  return encodeRlp([Uint8Array.of(3), [output], nonce])
}

function transactionOf(raw: Uint8Array): Transaction {
  const decoded = decodeTransaction(raw)
  if (!decoded.ok) throw new Error(decoded.error)
  return decoded.value
}
