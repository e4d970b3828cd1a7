import { readFileSync } from 'node:fs'
import { toHex, type Hex } from '../../src/lib/bytes.ts'
import { keccak } from '../../src/plasma/keccak.ts'
import type { Address } from '../../src/plasma/units.ts'

/** What elixir-omg's own cores said at the end of a piece of history; see FORMAT.md of the vectors. */
type Expected = {
  verdict: string
  blknum_now: number
  events: readonly Fields[]
  in_flight_exits: readonly Fields[]
  se_challenges?: readonly Answer[]
  competitors?: readonly Answer[]
  canonical_proofs?: readonly Answer[]
  piggyback_challenges?: readonly Answer[]
  exit_data?: readonly Answer[]
  ife_data?: readonly Answer[]
  known_spenders: Readonly<Record<string, readonly Hex[]>>
}

export type Fields = Readonly<Record<string, unknown>>

/** An answer of the API, with what it was asked for. */
export type Answer = {
  utxo_pos?: number
  tx_hash?: Hex
  type?: 'input' | 'output'
  index?: number
  signed_tx?: Hex
  data?: Fields
  error?: string
}

type InFlightStep = { tx_hash: Hex; exit_id: string; type: 'input' | 'output'; index: number }

/** One step in the order in which a watcher processes them. */
export type Step = { eth_height: number; root_chain_txhash?: Hex; log_index?: number } & (
  | { op: 'deposit'; blknum: number; owner: Hex; currency: Hex; amount: string }
  | { op: 'block'; blknum: number; hash: Hex; transactions: readonly Hex[]; timestamp: number }
  | { op: 'exit_started'; exit_id: string; utxo_pos: number; output_tx: Hex; exitable: boolean }
  | { op: 'exit_challenged'; utxo_pos: number }
  | { op: 'exit_finalized'; exit_id: string }
  | {
      op: 'ife_started'
      exit_id: string
      tx_hash: Hex
      in_flight_tx: Hex
      in_flight_tx_sigs: readonly Hex[]
      input_txs: readonly Hex[]
      input_utxos_pos: readonly number[]
      contract_timestamp: number
    }
  | { op: 'ife_deleted'; exit_id: string; tx_hash: Hex }
  | ({ op: 'piggybacked' | 'piggyback_challenged' | 'ife_finalized' } & InFlightStep)
  | {
      op: 'ife_challenged'
      tx_hash: Hex
      competitor_position: string
      competing_tx: Hex
      competing_tx_input_index: number
      competing_tx_sig: Hex
    }
  | { op: 'ife_challenge_responded'; tx_hash: Hex; challenge_position: number }
  | { op: 'query'; expect: Expected; exit_data?: readonly number[]; ife_data?: readonly Hex[] }
)

export type Query = Extract<Step, { op: 'query' }>

export type History = {
  id: string
  slaMargin: bigint
  minExitPeriod: bigint
  tags: readonly string[]
  framework: Address
  steps: readonly Step[]
}

type File = {
  eip712: { verifying_contract: Address }
  histories: readonly {
    id: string
    sla_margin: number
    min_exit_period_seconds: number
    tags: readonly string[]
    blobs: readonly string[]
    steps: readonly Step[]
  }[]
}

const Z = zeroSubtrees()

/** The histories of one file, with every blob in its place. */
export function loadHistories(name: string): History[] {
  const text = readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8')
  const file = JSON.parse(text) as File
  return file.histories.map((history) => {
    const blobs = history.blobs.map(renderBlob)
    return {
      id: history.id,
      slaMargin: BigInt(history.sla_margin),
      minExitPeriod: BigInt(history.min_exit_period_seconds),
      tags: history.tags,
      framework: file.eip712.verifying_contract,
      steps: history.steps.map((step) => resolve(step, blobs) as Step),
    }
  })
}

function resolve(value: unknown, blobs: readonly Hex[]): unknown {
  if (typeof value === 'string') return value.startsWith('$') ? blobs[Number(value.slice(1))] : value
  if (Array.isArray(value)) return value.map((item) => resolve(item, blobs))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, blobs)]))
}

/** A blob that starts with `#` is the start of a Merkle proof; the rest of it are roots of empty subtrees. */
function renderBlob(blob: string): Hex {
  if (!blob.startsWith('#')) return toHex(Buffer.from(blob, 'base64'))
  const siblings = Buffer.from(blob.slice(1), 'base64')
  return toHex(Buffer.concat([siblings, ...Z.slice(siblings.length / 32)]))
}

function zeroSubtrees(): Uint8Array[] {
  const roots = [keccak(new Uint8Array(33))]
  for (let height = 1; height < 16; height++) {
    const below = roots[height - 1] ?? new Uint8Array()
    roots.push(keccak(Uint8Array.from([1, ...below, ...below])))
  }
  return roots
}
