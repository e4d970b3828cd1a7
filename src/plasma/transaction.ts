import { toHex } from '../lib/bytes.ts'
import { isZero, readAddress } from './address-bytes.ts'
import { keccak as nobleKeccak, type Keccak } from './keccak.ts'
import type { Output } from './output.ts'
import { readPlainPayment } from './plain-payment.ts'
import { decodeRlp, encodedLength, encodeRlp, encodeRlpList, payloadStart, type RlpItem } from './rlp.ts'
import { readUint } from './uint.ts'
import type { Hash, UtxoPos, Wei } from './units.ts'

export type { Output }

/** A transaction without its signatures. */
export type Transaction = {
  txType: 'payment' | 'fee'
  /** In order; never zero, possibly twice the same. */
  inputs: readonly UtxoPos[]
  outputs: readonly Output[]
  /** 32 bytes: the metadata of a payment, the nonce of a fee transaction. */
  metadata: Uint8Array
  /** Canonical RLP without signatures: what ids, leaves and contract arguments are made of. */
  raw: Uint8Array
  /** `keccak256(raw)`. */
  txHash: Hash
}

/** `bytes` is the transaction as it was given, with its signatures. */
export type SignedTransaction = {
  transaction: Transaction
  signatures: readonly Uint8Array[]
  bytes: Uint8Array
}

/** Why bytes are not a transaction: the reasons of elixir-omg, which also name an invalid block. */
export type TransactionError =
  | 'amount_cant_be_zero'
  | 'empty_outputs'
  | 'encoded_uint_too_big'
  | 'leading_zeros_in_encoded_uint'
  | 'malformed_address'
  | 'malformed_inputs'
  | 'malformed_metadata'
  | 'malformed_nonce'
  | 'malformed_outputs'
  | 'malformed_transaction'
  | 'malformed_transaction_rlp'
  | 'malformed_tx_data'
  | 'malformed_uint256'
  | 'malformed_witnesses'
  | 'output_guard_cant_be_zero'
  | 'too_many_inputs'
  | 'too_many_outputs'
  | 'tx_cannot_create_output_type'
  | 'unrecognized_output_type'
  | 'unrecognized_transaction_type'

/** What bytes hold, or why they hold nothing. */
export type Decoded<T> = { ok: true; value: T } | { ok: false; error: TransactionError }

/** The hash of a raw transaction: computed, or known already. */
export type HashOf = (raw: Uint8Array) => Hash

type Fields = Pick<Transaction, 'inputs' | 'outputs' | 'metadata'>

const PAYMENT = 1n
const FEE = 3n
const MAX_INPUTS = 4
const MAX_OUTPUTS = 4

/** Hashes raw transactions. */
export function transactionHasher(keccak: Keccak): HashOf {
  return (raw) => toHex(keccak(raw)) as Hash
}

const nobleHash = transactionHasher(nobleKeccak)

/**
 * Reads a raw transaction, as laxly as elixir-omg does; `raw` of the result is canonical, whatever was given.
 * Total: any bytes in, a transaction or the reason why not out.
 */
export function decodeTransaction(raw: Uint8Array, hashOf: HashOf = nobleHash): Decoded<Transaction> {
  const decoded = decodeRlp(raw)
  if (!decoded) return failed('malformed_transaction_rlp')
  const items = decoded.item
  if (!isList(items)) return failed('malformed_transaction')
  return build(items, { raw: () => (decoded.canonical ? raw : encodeRlp(items)), hashOf })
}

/**
 * Reads the signed form, the raw items behind a list of signatures. Checks shapes only: neither who signed, nor whether
 * there are as many signatures as inputs. Total, as {@link decodeTransaction}.
 */
export function decodeSignedTransaction(bytes: Uint8Array, hashOf: HashOf = nobleHash): Decoded<SignedTransaction> {
  return decodePlain(bytes, hashOf) ?? decodeAny(bytes, hashOf)
}

function decodePlain(bytes: Uint8Array, hashOf: HashOf): Decoded<SignedTransaction> | undefined {
  const payment = readPlainPayment(bytes)
  if (!payment) return undefined
  const { signatures, inputs, outputs, metadata, rawStart } = payment
  const raw = encodeRlpList(bytes.subarray(rawStart))
  const transaction: Transaction = { txType: 'payment', inputs, outputs, metadata, raw, txHash: hashOf(raw) }
  return found({ transaction, signatures, bytes })
}

function decodeAny(bytes: Uint8Array, hashOf: HashOf): Decoded<SignedTransaction> {
  const decoded = decodeRlp(bytes)
  if (!decoded) return failed('malformed_transaction_rlp')
  const list = isList(decoded.item) ? decoded.item : []
  const signatures = list[0]
  if (!signatures) return failed('malformed_transaction')
  if (!areSignatures(signatures)) return failed('malformed_witnesses')
  const items = list.slice(1)
  const raw = () => (decoded.canonical ? withoutFirst(bytes, signatures) : encodeRlp(items))
  const transaction = build(items, { raw, hashOf })
  return transaction.ok ? found({ transaction: transaction.value, signatures, bytes }) : transaction
}

/** `raw` is asked for when the shape is known to be right, and so no deeper than a transaction is. */
function build(
  items: readonly RlpItem[],
  { raw: encode, hashOf }: { raw: () => Uint8Array; hashOf: HashOf },
): Decoded<Transaction> {
  const typeItem = items[0]
  if (!typeItem) return failed('malformed_transaction')
  const txType = parseType(typeItem)
  if (!txType) return failed('unrecognized_transaction_type')
  const fields = txType === 'payment' ? parsePayment(items.slice(1)) : parseFee(items.slice(1))
  if (!fields.ok) return fields
  const { inputs, outputs, metadata } = fields.value
  const raw = encode()
  return found({ txType, inputs, outputs, metadata, raw, txHash: hashOf(raw) })
}

function parseType(item: RlpItem): Transaction['txType'] | undefined {
  const number = parseUint(item)
  if (!number.ok) return undefined
  if (number.value === PAYMENT) return 'payment'
  return number.value === FEE ? 'fee' : undefined
}

function parsePayment(items: readonly RlpItem[]): Decoded<Fields> {
  if (!hasSize(items, 4)) return failed('malformed_transaction')
  const [inputItems, outputItems, txDataItem, metadata] = items
  const inputs = parseInputs(inputItems)
  if (!inputs.ok) return inputs
  const outputs = parsePaymentOutputs(outputItems)
  if (!outputs.ok) return outputs
  const txData = parseUint(txDataItem)
  if (!txData.ok) return txData
  if (txData.value !== 0n) return failed('malformed_tx_data')
  if (!isWord(metadata)) return failed('malformed_metadata')
  return found({ inputs: inputs.value, outputs: outputs.value, metadata })
}

function parseFee(items: readonly RlpItem[]): Decoded<Fields> {
  if (!hasSize(items, 2)) return failed('malformed_transaction')
  const [outputItems, nonce] = items
  if (!isList(outputItems)) return failed('malformed_outputs')
  const outputs = parseOutputs(outputItems)
  if (!outputs.ok) return outputs
  if (outputs.value.length !== 1) return failed('tx_cannot_create_output_type')
  if (!isWord(nonce)) return failed('malformed_nonce')
  return found({ inputs: [], outputs: outputs.value, metadata: nonce })
}

function parseInputs(items: RlpItem): Decoded<UtxoPos[]> {
  if (!isList(items)) return failed('malformed_inputs')
  if (items.length > MAX_INPUTS) return failed('too_many_inputs')
  const inputs: UtxoPos[] = []
  for (const item of items) {
    if (!isWord(item) || isZero(item)) return failed('malformed_inputs')
    inputs.push(readUint(item) as UtxoPos)
  }
  return found(inputs)
}

function parsePaymentOutputs(items: RlpItem): Decoded<Output[]> {
  if (!isList(items)) return failed('malformed_outputs')
  return items.length === 0 ? failed('empty_outputs') : parseOutputs(items, MAX_OUTPUTS)
}

function parseOutputs(items: readonly RlpItem[], most = Infinity): Decoded<Output[]> {
  const parsed = items.map(parseOutput)
  // The network's decoder stumbles over such an amount, and so gives up all outputs before it counts them.
  if (parsed.includes('amount_is_a_list')) return failed('malformed_outputs')
  if (items.length > most) return failed('too_many_outputs')
  const outputs: Output[] = []
  for (const output of parsed) {
    if (typeof output === 'string') return failed(output === 'amount_is_a_list' ? 'malformed_outputs' : output)
    outputs.push(output)
  }
  return found(outputs)
}

function parseOutput(item: RlpItem): Output | TransactionError | 'amount_is_a_list' {
  if (!isList(item) || !hasSize(item, 2)) return 'malformed_outputs'
  const [typeItem, body] = item
  if (!isList(body) || !hasSize(body, 3)) return 'malformed_outputs'
  const outputType = parseOutputType(typeItem)
  return typeof outputType === 'string' ? outputType : parseOutputBody(outputType, body)
}

function parseOutputBody(
  outputType: number,
  [guard, currency, amount]: readonly [RlpItem, RlpItem, RlpItem],
): Output | TransactionError | 'amount_is_a_list' {
  if (!isAddress(guard)) return 'malformed_address'
  if (isZero(guard)) return 'output_guard_cant_be_zero'
  if (!isAddress(currency)) return 'malformed_address'
  const value = parseAmount(amount)
  return typeof value === 'string'
    ? value
    : { outputType, owner: readAddress(guard), currency: readAddress(currency), amount: value }
}

function parseOutputType(item: RlpItem): number | TransactionError {
  if (isList(item)) return 'unrecognized_output_type'
  const type = parseUint(item)
  if (!type.ok) return type.error
  return type.value === 1n || type.value === 2n ? Number(type.value) : 'unrecognized_output_type'
}

function parseAmount(item: RlpItem): Wei | TransactionError | 'amount_is_a_list' {
  if (isList(item)) return 'amount_is_a_list'
  const amount = parseUint(item)
  if (!amount.ok) return amount.error
  return amount.value === 0n ? 'amount_cant_be_zero' : (amount.value as Wei)
}

function parseUint(item: RlpItem): Decoded<bigint> {
  if (isList(item)) return failed('malformed_uint256')
  if (item[0] === 0) return failed('leading_zeros_in_encoded_uint')
  return item.length > 32 ? failed('encoded_uint_too_big') : found(readUint(item))
}

type Sized = { 2: readonly [RlpItem, RlpItem]; 3: readonly [RlpItem, RlpItem, RlpItem] } & {
  4: readonly [RlpItem, RlpItem, RlpItem, RlpItem]
}

function hasSize<Size extends keyof Sized>(items: readonly RlpItem[], size: Size): items is Sized[Size] {
  return items.length === size
}

function isList(item: RlpItem): item is readonly RlpItem[] {
  return !(item instanceof Uint8Array)
}

function isAddress(item: RlpItem): item is Uint8Array {
  return !isList(item) && item.length === 20
}

function isWord(item: RlpItem): item is Uint8Array {
  return !isList(item) && item.length === 32
}

function areSignatures(item: RlpItem): item is readonly Uint8Array[] {
  return isList(item) && item.every((signature) => !isList(signature) && signature.length === 65)
}

/** The raw bytes inside canonical signed ones: the same items without the first, the signatures. */
function withoutFirst(bytes: Uint8Array, signatures: RlpItem): Uint8Array {
  return encodeRlpList(bytes.subarray(payloadStart(bytes) + encodedLength(signatures)))
}

function found<T>(value: T): Decoded<T> {
  return { ok: true, value }
}

function failed(error: TransactionError): { ok: false; error: TransactionError } {
  return { ok: false, error }
}
