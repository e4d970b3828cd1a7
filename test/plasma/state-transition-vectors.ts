import { readFileSync } from 'node:fs'
import { toHex } from '../../src/lib/bytes.ts'
import type { Address, Hash } from '../../src/plasma/units.ts'

type Deposit = { amount: string; blknum: number; currency: string; owner: string }

/** What elixir-omg's own cores said of a block; see FORMAT.md of the vectors. */
export type Vector = {
  id: string
  kind: string
  tags: readonly string[]
  setup: {
    deposits: readonly Deposit[]
    block_1000: { hash: string; transactions: readonly string[] }
    deposits_after: readonly Deposit[]
    exited: readonly number[]
  }
  candidate: {
    requested_hash: string
    requested_number: number
    returned_hash: string
    returned_number: number
    transactions: readonly string[]
  }
  expect: {
    stage: 'ok' | 'stateless' | 'stateful' | 'crash'
    error?: string
    failing_tx_index?: number
    event?: { blknum: number; error_type: string; hash: string; name: string }
    block_validate: string
    utxos_after?: readonly { amount: string; currency: string; output_type: number; owner: string; utxo_pos: number }[]
    elixir_dirty_spent_after_invalid: readonly number[]
  }
}

type File = { eip712: { verifying_contract: string }; blobs: readonly string[]; vectors: readonly Vector[] }

const file = JSON.parse(readFileSync(new URL('../vectors/state-transitions.json', import.meta.url), 'utf8')) as File

export const vectors = file.vectors
export const vectorFramework = file.eip712.verifying_contract as Address

/** The bytes that a text of the vectors names: a blob, or hex that stands there itself. */
export function bytesOf(text: string): Uint8Array {
  if (!text.startsWith('$')) return Uint8Array.from(Buffer.from(text.slice(2), 'hex'))
  const blob = file.blobs[Number(text.slice(1))]
  if (blob === undefined) throw new Error(`No blob ${text}`)
  return Uint8Array.from(Buffer.from(blob, 'base64'))
}

export function addressOf(text: string): Address {
  return toHex(bytesOf(text)) as Address
}

export function hashOf(text: string): Hash {
  return toHex(bytesOf(text)) as Hash
}
