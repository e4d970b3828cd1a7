import { addressBytes } from './address-bytes.ts'
import type { Output } from './output.ts'
import { encodeRlp, encodeRlpList, payloadStart, type RlpItem } from './rlp.ts'
import { minimalUint, writeUint } from './uint.ts'
import type { UtxoPos } from './units.ts'

const PAYMENT = 1n
const ZERO_METADATA = new Uint8Array(32)

/** The raw bytes of a payment. `metadata` is zeros when it is not given. */
export function encodePayment({
  inputs,
  outputs,
  metadata = ZERO_METADATA,
}: {
  inputs: readonly UtxoPos[]
  outputs: readonly Output[]
  metadata?: Uint8Array
}): Uint8Array {
  return encodeRlp([
    minimalUint(PAYMENT),
    inputs.map(encodeInput),
    outputs.map(encodeOutput),
    minimalUint(0n),
    metadata,
  ])
}

/** The signed form of a raw transaction. */
export function encodeSigned(raw: Uint8Array, signatures: readonly Uint8Array[]): Uint8Array {
  const first = encodeRlp(signatures)
  const items = raw.subarray(payloadStart(raw))
  const payload = new Uint8Array(first.length + items.length)
  payload.set(first)
  payload.set(items, first.length)
  return encodeRlpList(payload)
}

/** The raw transaction of a deposit. Its depositor may have chosen other metadata; then the block's root tells. */
export function depositTransaction(deposit: Pick<Output, 'owner' | 'currency' | 'amount'>): Uint8Array {
  return encodePayment({ inputs: [], outputs: [{ outputType: 1, ...deposit }] })
}

function encodeInput(utxoPos: UtxoPos): Uint8Array {
  const word = new Uint8Array(32)
  writeUint(utxoPos, word, 32)
  return word
}

function encodeOutput({ outputType, owner, currency, amount }: Output): RlpItem {
  return [minimalUint(BigInt(outputType)), [addressBytes(owner), addressBytes(currency), minimalUint(amount)]]
}
