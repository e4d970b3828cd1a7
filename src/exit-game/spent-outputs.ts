import type { Hex } from '../lib/bytes.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Output } from '../plasma/transaction.ts'
import type { Address, UtxoPos, Wei } from '../plasma/units.ts'
import type { HeldInput, HeldTransaction, Holdings } from './holdings.ts'

type Owned = { utxoPos: UtxoPos; output: Output }

/** The transactions in no valid block that spend an output with its owner's signature: each of them challenges its exit. */
export function spendersOf(
  { utxoPos, output }: Owned,
  transactions: readonly HeldTransaction[],
): readonly HeldTransaction[] {
  return transactions.filter(
    ({ transaction, signatures }) => transaction.inputs.includes(utxoPos) && signatures.has(output.owner),
  )
}

/** An output of a transaction that no valid block holds. */
type HeldOutput = { of: HeldTransaction; index: number; output: Output }

/**
 * Whether an output of a held transaction was signed away, as far as that can be told. Of the invalid block its place
 * is known. In a block that nobody sees any output of the owner may be the one that a later transaction names: then it
 * is taken to be the one whose amount fits best.
 */
export function wasSpent(wanted: HeldOutput, { transactions, rejectedBlknum }: Holdings): boolean {
  const { rejectedAt } = wanted.of
  return transactions.some((spender) =>
    spender.inputs.some((input) => {
      const { blknum, txIndex, outputIndex } = decodeUtxoPos(input.utxoPos)
      if (input.proven || outputIndex !== wanted.index || !spender.signatures.has(wanted.output.owner)) return false
      if (rejectedAt) return blknum === rejectedAt.blknum && txIndex === rejectedAt.txIndex
      return blknum !== rejectedBlknum && fits(wanted, { spender, input }, transactions)
    }),
  )
}

/** The same of a transaction that is named by its hash; false when it is not held. */
export function isOutputSpent(wanted: { txHash: Hex; outputIndex: number }, holdings: Holdings): boolean {
  const { txHash, outputIndex: index } = wanted
  const of = holdings.transactions.find(({ transaction }) => transaction.txHash === txHash)
  const output = of?.transaction.outputs[index]
  return of !== undefined && output !== undefined && wasSpent({ of, index, output }, holdings)
}

type Spend = { spender: HeldTransaction; input: HeldInput }

function fits(wanted: HeldOutput, spend: Spend, transactions: readonly HeldTransaction[]): boolean {
  const excess = excessOf(wanted, spend)
  if (excess === undefined) return false
  return !candidates(wanted, transactions).some((other) => {
    const better = excessOf(other, spend)
    return better !== undefined && better < excess
  })
}

/** Outputs of the same owner at the same index, which a position in an unseen block may equally well name. */
function candidates({ index, output }: HeldOutput, transactions: readonly HeldTransaction[]): HeldOutput[] {
  return transactions.flatMap((of) => {
    const candidate = of.rejectedAt ? undefined : of.transaction.outputs[index]
    return candidate?.owner === output.owner ? [{ of, index, output: candidate }] : []
  })
}

/** By how much the spender would spend less than it takes; undefined when it cannot spend this output. */
function excessOf({ of, output }: HeldOutput, { spender, input }: Spend): bigint | undefined {
  if (of.transaction.txHash === spender.transaction.txHash) return undefined
  const unknown = spender.inputs.filter(({ proven }) => !proven).length
  const excess = output.amount - missing(spender, output.currency, input)
  // With several unknown inputs, each may bring any part of what is missing.
  if (unknown > 1) return 0n
  return excess < 0n || !touches(spender, output.currency) ? undefined : excess
}

function missing({ transaction, inputs }: HeldTransaction, currency: Address, except: HeldInput): Wei {
  const out = sum(transaction.outputs, currency)
  const known = inputs.flatMap((input) => (input !== except && input.proven ? [input.proven.output] : []))
  return (out - sum(known, currency)) as Wei
}

function touches({ transaction }: HeldTransaction, currency: Address): boolean {
  return transaction.outputs.some((output) => output.currency === currency)
}

/** How much of a token there is in some outputs. */
export function sum(outputs: readonly Output[], currency: Address): bigint {
  return outputs.reduce((total, output) => (output.currency === currency ? total + output.amount : total), 0n)
}
