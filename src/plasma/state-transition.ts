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

type Execution = {
  blknum: bigint
  /** The first position of the next block: inputs lie before it. */
  end: UtxoPos
  unspent: UnspentOutputs
  created: Map<UtxoPos, Output>
  spentPositions: Set<UtxoPos>
  spent: Spent[]
  /** What payments left over, by token, as long as no fee transaction has claimed it. */
  surplus: Map<Address, bigint>
  claiming: boolean
}

/**
 * Executes a block's transactions in order (elixir-omg's `State.Core`). Nothing of `unspent` is touched: the result is
 * what the whole block changes, or the first transaction that may not be executed, for which the block is rejected.
 */
export function executeBlock(
  unspent: UnspentOutputs,
  { blknum, transactions }: Pick<Block, 'blknum' | 'transactions'>,
): { ok: true; changes: Changes } | { ok: false; finding: ExecutionFinding } {
  const execution: Execution = {
    blknum,
    end: encodeUtxoPos({ blknum: blknum + 1n, txIndex: 0, outputIndex: 0 }),
    unspent,
    created: new Map(),
    spentPositions: new Set(),
    spent: [],
    surplus: new Map(),
    claiming: false,
  }
  for (const [txIndex, transaction] of transactions.entries()) {
    const reason = execute(execution, transaction, txIndex)
    if (reason) return { ok: false, finding: { errorType: 'tx_execution', reason, txIndex } }
  }
  return { ok: true, changes: { created: execution.created, spent: execution.spent } }
}

function execute(execution: Execution, recovered: RecoveredTransaction, txIndex: number): ExecutionError | undefined {
  if (txIndex + execution.surplus.size > MOST_BEFORE) return 'too_many_transactions_in_block'
  const { txType, inputs, outputs } = recovered.transaction
  const reason = txType === 'fee' ? claimFee(execution, outputs) : makePayment(execution, recovered)
  if (reason) return reason
  for (const [inputIndex, utxoPos] of inputs.entries()) {
    execution.spentPositions.add(utxoPos)
    execution.spent.push({ utxoPos, txIndex, inputIndex })
  }
  for (const [outputIndex, output] of outputs.entries()) {
    execution.created.set(encodeUtxoPos({ blknum: execution.blknum, txIndex, outputIndex }), output)
  }
  return undefined
}

/** Claims exactly what payments of this block left over in one token. Whoever gets it is not checked. */
function claimFee(execution: Execution, [claimed]: readonly Output[]): ExecutionError | undefined {
  const collected = claimed && execution.surplus.get(claimed.currency)
  if (collected === undefined) return 'surplus_in_token_not_collected'
  if (collected !== claimed?.amount) return 'claimed_and_collected_amounts_mismatch'
  execution.surplus.delete(claimed.currency)
  execution.claiming = true
  return undefined
}

function makePayment(
  execution: Execution,
  { transaction: { inputs, outputs }, signers }: RecoveredTransaction,
): ExecutionError | undefined {
  if (execution.claiming) return 'payments_rejected_during_fee_claiming'
  if (inputs.some((utxoPos) => utxoPos >= execution.end)) return 'input_utxo_ahead_of_state'
  const consumed: Output[] = []
  for (const utxoPos of inputs) {
    const output = unspentAt(execution, utxoPos)
    if (!output) return 'utxo_not_found'
    consumed.push(output)
  }
  if (consumed.some(({ owner }, index) => owner !== signers[index])) return 'unauthorized_spend'
  return collect(execution, balances(consumed, outputs))
}

function unspentAt({ spentPositions, created, unspent }: Execution, utxoPos: UtxoPos): Output | undefined {
  return spentPositions.has(utxoPos) ? undefined : (created.get(utxoPos) ?? unspent.get(utxoPos))
}

/** What a payment leaves over in each token; negative where it creates money. */
function balances(consumed: readonly Output[], outputs: readonly Output[]): ReadonlyMap<Address, bigint> {
  const left = new Map<Address, bigint>()
  for (const { currency, amount } of consumed) left.set(currency, (left.get(currency) ?? 0n) + amount)
  for (const { currency, amount } of outputs) left.set(currency, (left.get(currency) ?? 0n) - amount)
  return left
}

function collect({ surplus }: Execution, left: ReadonlyMap<Address, bigint>): ExecutionError | undefined {
  for (const amount of left.values()) if (amount < 0n) return 'amounts_do_not_add_up'
  for (const [currency, amount] of left) {
    if (amount > 0n) surplus.set(currency, (surplus.get(currency) ?? 0n) + amount)
  }
  return undefined
}
