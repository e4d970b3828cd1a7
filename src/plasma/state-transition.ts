import type { Block } from './block.ts'
import { encodeUtxoPos } from './position.ts'
import type { RecoveredTransaction } from './recovered-transaction.ts'
import type { Output } from './transaction.ts'
import type { Address, UtxoPos } from './units.ts'

/** The outputs that a block may spend, as of the block before it. */
export type UnspentOutputs = { get: (utxoPos: UtxoPos) => Output | undefined }

/** Which input of which transaction of the block consumed an output. */
type Spent = { utxoPos: UtxoPos; txIndex: number; inputIndex: number }

/** What a block does to the ledger. An output that is spent in its own block stands in both lists. */
export type Changes = { created: ReadonlyMap<UtxoPos, Output>; spent: readonly Spent[] }

/** Why a transaction cannot be executed: the reasons of elixir-omg. */
type ExecutionError =
  | 'amounts_do_not_add_up'
  | 'claimed_and_collected_amounts_mismatch'
  | 'input_utxo_ahead_of_state'
  | 'payments_rejected_during_fee_claiming'
  | 'surplus_in_token_not_collected'
  | 'too_many_transactions_in_block'
  | 'unauthorized_spend'
  | 'utxo_not_found'

/** On the wire the error type is `tx_execution` whatever the reason. */
export type ExecutionFinding = { errorType: 'tx_execution'; reason: ExecutionError; txIndex: number }

/** Less than a block has leaves: room is kept for the fees of one more transaction. */
const MOST_BEFORE = 65_531

/** Executes the transactions of one block, one after the other. */
export type Execution = {
  /** What keeps the next transaction from being executed. After that there is no next one: the block is rejected. */
  execute: (recovered: RecoveredTransaction) => ExecutionError | undefined
}

type State = {
  blknum: bigint
  txIndex: number
  /** The first position of the next block: inputs lie before it. */
  end: UtxoPos
  unspent: UnspentOutputs
  /** What the block has created so far, `undefined` in the place of everything that it has spent. */
  touched: Map<UtxoPos, Output | undefined>
  /** What payments left over, by token, as long as no fee transaction has claimed it. */
  surplus: Map<Address, bigint>
  claiming: boolean
}

/**
 * Begins a block (elixir-omg's `State.Core`). Nothing of `unspent` is touched, but it may be changed in the meantime as
 * the block's own transactions change it.
 */
export function createExecution(unspent: UnspentOutputs, blknum: bigint): Execution {
  const end = encodeUtxoPos({ blknum: blknum + 1n, txIndex: 0, outputIndex: 0 })
  const state: State = { blknum, txIndex: 0, end, unspent, touched: new Map(), surplus: new Map(), claiming: false }
  return { execute: (recovered) => execute(state, recovered) }
}

/**
 * Executes a block's transactions in order. Nothing of `unspent` is touched: the result is what the whole block changes,
 * or the first transaction that may not be executed, for which the block is rejected.
 */
export function executeBlock(
  unspent: UnspentOutputs,
  { blknum, transactions }: Pick<Block, 'blknum' | 'transactions'>,
): { ok: true; changes: Changes } | { ok: false; finding: ExecutionFinding } {
  const { execute } = createExecution(unspent, blknum)
  const created = new Map<UtxoPos, Output>()
  const spent: Spent[] = []
  for (const [txIndex, recovered] of transactions.entries()) {
    const reason = execute(recovered)
    if (reason) return { ok: false, finding: { errorType: 'tx_execution', reason, txIndex } }
    const { inputs, outputs } = recovered.transaction
    for (const [inputIndex, utxoPos] of inputs.entries()) spent.push({ utxoPos, txIndex, inputIndex })
    for (const [outputIndex, output] of outputs.entries()) {
      created.set(encodeUtxoPos({ blknum, txIndex, outputIndex }), output)
    }
  }
  return { ok: true, changes: { created, spent } }
}

function execute(state: State, recovered: RecoveredTransaction): ExecutionError | undefined {
  const { blknum, txIndex, touched } = state
  if (txIndex + state.surplus.size > MOST_BEFORE) return 'too_many_transactions_in_block'
  const { txType, inputs, outputs } = recovered.transaction
  const reason = txType === 'fee' ? claimFee(state, outputs) : makePayment(state, recovered)
  if (reason) return reason
  for (const utxoPos of inputs) touched.set(utxoPos, undefined)
  let outputIndex = 0
  for (const output of outputs) touched.set(encodeUtxoPos({ blknum, txIndex, outputIndex: outputIndex++ }), output)
  state.txIndex++
  return undefined
}

/** Claims exactly what payments of this block left over in one token. Whoever gets it is not checked. */
function claimFee(state: State, [claimed]: readonly Output[]): ExecutionError | undefined {
  const collected = claimed && state.surplus.get(claimed.currency)
  if (collected === undefined) return 'surplus_in_token_not_collected'
  if (collected !== claimed?.amount) return 'claimed_and_collected_amounts_mismatch'
  state.surplus.delete(claimed.currency)
  state.claiming = true
  return undefined
}

function makePayment(state: State, recovered: RecoveredTransaction): ExecutionError | undefined {
  if (state.claiming) return 'payments_rejected_during_fee_claiming'
  const consumed = consume(state, recovered)
  if (typeof consumed === 'string') return consumed
  const { outputs } = recovered.transaction
  return inOneToken(consumed, outputs) ? collectOne(state, consumed, outputs) : collect(state, consumed, outputs)
}

/** The outputs that a payment spends, each by its owner's will. */
function consume(
  state: State,
  { transaction: { inputs }, signers }: RecoveredTransaction,
): readonly Output[] | ExecutionError {
  for (const utxoPos of inputs) if (utxoPos >= state.end) return 'input_utxo_ahead_of_state'
  const consumed: Output[] = []
  for (const utxoPos of inputs) {
    const output = unspentAt(state, utxoPos)
    if (!output) return 'utxo_not_found'
    consumed.push(output)
  }
  let index = 0
  for (const { owner } of consumed) if (owner !== signers[index++]) return 'unauthorized_spend'
  return consumed
}

function unspentAt({ touched, unspent }: State, utxoPos: UtxoPos): Output | undefined {
  return touched.get(utxoPos) ?? (touched.has(utxoPos) ? undefined : unspent.get(utxoPos))
}

function inOneToken(consumed: readonly Output[], outputs: readonly Output[]): boolean {
  const token = outputs[0]?.currency
  for (const { currency } of consumed) if (currency !== token) return false
  for (const { currency } of outputs) if (currency !== token) return false
  return true
}

/** {@link collect} for the many payments in a single token, without a map of tokens. */
function collectOne(
  { surplus }: State,
  consumed: readonly Output[],
  outputs: readonly Output[],
): ExecutionError | undefined {
  const [first] = outputs
  let left = 0n
  for (const { amount } of consumed) left += amount
  for (const { amount } of outputs) left -= amount
  if (left < 0n) return 'amounts_do_not_add_up'
  if (left > 0n && first) add(surplus, first.currency, left)
  return undefined
}

/** Collects what a payment leaves over in each token, unless that is less than nothing. */
function collect(
  { surplus }: State,
  consumed: readonly Output[],
  outputs: readonly Output[],
): ExecutionError | undefined {
  const left = new Map<Address, bigint>()
  for (const { currency, amount } of consumed) add(left, currency, amount)
  for (const { currency, amount } of outputs) add(left, currency, 0n - amount)
  for (const amount of left.values()) if (amount < 0n) return 'amounts_do_not_add_up'
  for (const [currency, amount] of left) if (amount > 0n) add(surplus, currency, amount)
  return undefined
}

function add(amounts: Map<Address, bigint>, token: Address, amount: bigint): void {
  amounts.set(token, (amounts.get(token) ?? 0n) + amount)
}
