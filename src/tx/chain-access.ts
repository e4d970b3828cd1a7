import type { Hex } from '../lib/bytes.ts'
import type { Address, Timestamp, Wei } from '../plasma/units.ts'
import type { Price } from './fee-curve.ts'

/** A call as it would be sent. */
export type Call = { from: Address; to: Address; data: Hex; value: Wei }

/** Whether the contract would take a call at the newest block. */
export type Trial =
  { ok: true; gas: bigint } | { ok: false; why: 'reverted'; reason: string } | { ok: false; why: 'insufficient_funds' }

/** The head, with what a transaction in the next block costs per gas. */
export type PricedBlock = Price & { number: bigint; timestamp: Timestamp }

/** What a node made of a signed transaction. */
export type Reception =
  /** It has it now, or had it before. */
  | { ok: true }
  | { ok: false; why: 'nonce_too_low' | 'nonce_taken' | 'insufficient_funds' | 'underpriced' }
  /** `reason` is fit for a log. */
  | { ok: false; why: 'refused'; reason: string }

/** A transaction that was mined. `fee`: what its gas cost, undone or not. */
export type Receipt = { txHash: Hex; status: 'success' | 'reverted'; blockNumber: bigint; fee: Wei }

/** What sending asks of the root chain. Every call rejects with a retryable GuardError when the node fails. */
export type ChainAccess = {
  head: () => Promise<PricedBlock>
  /** The newest block that the chain itself calls final; undefined where a node cannot say. */
  finalized: () => Promise<bigint | undefined>
  /** `mined`: how many transactions of the account are in the chain; `known`: with those that wait at the node. */
  nonces: (account: Address) => Promise<{ mined: number; known: number }>
  balance: (account: Address) => Promise<Wei>
  tryCall: (call: Call) => Promise<Trial>
  broadcast: (raw: Hex) => Promise<Reception>
  /** Of the first of these transactions that is in the chain. */
  receipt: (txHashes: readonly Hex[]) => Promise<Receipt | undefined>
}

/** A transaction that only lacks a signature. */
export type Unsigned = {
  chainId: bigint
  nonce: number
  to: Address
  data: Hex
  value: Wei
  gas: bigint
  maxFeePerGas: Wei
  maxPriorityFeePerGas: Wei
}

/** An account that can sign. */
export type Account = {
  address: Address
  signTransaction: (transaction: Unsigned) => Promise<{ raw: Hex; txHash: Hex }>
}
