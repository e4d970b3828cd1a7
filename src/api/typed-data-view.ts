import { toHex } from '../lib/bytes.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import { ETH, type Address } from '../plasma/units.ts'
import type { Transaction } from '../plasma/transaction.ts'
import { addressText, hashText, integer, list, object, text, type Schema } from './schema.ts'

/** What every signature of a network is bound to. */
export const DOMAIN = {
  name: 'OMG Network',
  version: '1',
  salt: '0xfad5c7f626d80f9256ef01929f3beb96e058b8b4b0e3fe52d84f054c0e2a7a83',
} as const

const slots = [0, 1, 2, 3] as const

const types = {
  EIP712Domain: fields(
    ['name', 'string'],
    ['version', 'string'],
    ['verifyingContract', 'address'],
    ['salt', 'bytes32'],
  ),
  Transaction: fields(
    ['txType', 'uint256'],
    ...slots.map((slot) => [`input${String(slot)}`, 'Input'] as const),
    ...slots.map((slot) => [`output${String(slot)}`, 'Output'] as const),
    ['txData', 'uint256'],
    ['metadata', 'bytes32'],
  ),
  Input: fields(['blknum', 'uint256'], ['txindex', 'uint256'], ['oindex', 'uint256']),
  Output: fields(['outputType', 'uint256'], ['outputGuard', 'bytes20'], ['currency', 'address'], ['amount', 'uint256']),
}

const field = object({ name: text, type: text })
const input = object({ blknum: integer, txindex: integer, oindex: integer })
const output = object({
  outputType: integer,
  outputGuard: addressText,
  owner: addressText,
  currency: addressText,
  amount: integer,
})

export const typedDataSchema: Schema = object({
  types: object({
    EIP712Domain: list(field),
    Transaction: list(field),
    Input: list(field),
    Output: list(field),
  }),
  primaryType: { const: 'Transaction' },
  domain: object({ name: text, version: text, salt: hashText, verifyingContract: addressText }),
  message: object({
    txType: integer,
    ...Object.fromEntries(slots.map((slot) => [`input${String(slot)}`, input])),
    ...Object.fromEntries(slots.map((slot) => [`output${String(slot)}`, output])),
    txData: integer,
    metadata: hashText,
  }),
})

/**
 * A payment as `eth_signTypedData` takes it. Outputs name their owner twice: `outputGuard` as the types say, so that a
 * wallet signs what the contracts check, and `owner` as clients of elixir-omg read it and hand it back.
 */
export function typedDataView({ inputs, outputs, metadata }: Transaction, framework: Address): object {
  const message = {
    txType: 1,
    ...Object.fromEntries(slots.map((slot) => [`input${String(slot)}`, inputView(inputs[slot])])),
    ...Object.fromEntries(slots.map((slot) => [`output${String(slot)}`, outputView(outputs[slot])])),
    txData: 0,
    metadata: toHex(metadata),
  }
  return { types, primaryType: 'Transaction', domain: { ...DOMAIN, verifyingContract: framework }, message }
}

function inputView(utxoPos = 0n): object {
  const { blknum, txIndex, outputIndex } = decodeUtxoPos(utxoPos)
  return { blknum, txindex: txIndex, oindex: outputIndex }
}

function outputView(created: Transaction['outputs'][number] | undefined): object {
  const { outputType, owner, currency, amount } = created ?? { outputType: 0, owner: ETH, currency: ETH, amount: 0n }
  return { outputType, outputGuard: owner, owner, currency, amount }
}

function fields(...pairs: readonly (readonly [name: string, type: string])[]): { name: string; type: string }[] {
  return pairs.map(([name, type]) => ({ name, type }))
}
