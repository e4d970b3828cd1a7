import type { Position } from '../../src/plasma/position.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import type { SignedTransaction, Transaction } from '../../src/plasma/transaction.ts'
import type { Address, Hash, UtxoPos, Wei } from '../../src/plasma/units.ts'

/** An output that may be spent: whose it is and how much of which token. */
type Unspent = { owner: Address; currency: Address; amount: Wei }

/** A transaction with its place in the child chain. */
export type Placed = SignedTransaction & Pick<Position, 'blknum' | 'txIndex'>

/** What the operator knows: the unspent outputs, and the block that is being filled. In memory, one writer. */
export type Book = {
  unspent: Map<UtxoPos, Unspent>
  /** Where each transaction stands, for exits that name it by hash. */
  places: Map<Hash, Pick<Position, 'blknum' | 'txIndex'>>
  /** Number of the block that is being filled. */
  blknum: bigint
  pending: Placed[]
  /** What the pending transactions left over, by token. */
  surplus: Map<Address, bigint>
}

export const CHILD_BLOCK_INTERVAL = 1000n

export function emptyBook(blknum: bigint): Book {
  return { unspent: new Map(), places: new Map(), blknum, pending: [], surplus: new Map() }
}

/** Puts a transaction at the end of the block that is being filled, whether or not it may stand there. */
export function place(book: Book, signed: SignedTransaction): Placed {
  const placed = { ...signed, blknum: book.blknum, txIndex: book.pending.length }
  const { inputs, outputs, txHash } = signed.transaction
  countSurplus(book, signed.transaction)
  for (const input of inputs) book.unspent.delete(input)
  for (const [outputIndex, { owner, currency, amount }] of outputs.entries()) {
    book.unspent.set(encodeUtxoPos({ ...placed, outputIndex }), { owner, currency, amount })
  }
  book.places.set(txHash, { blknum: placed.blknum, txIndex: placed.txIndex })
  book.pending.push(placed)
  return placed
}

/** Ends the block that is being filled and opens the next one. */
export function turnPage(book: Book): readonly Placed[] {
  const { pending } = book
  book.pending = []
  book.surplus = new Map()
  book.blknum += CHILD_BLOCK_INTERVAL
  return pending
}

/** What the inputs hold beyond the outputs, by token; negative where money would come from nothing. */
export function leftOver(
  book: Book,
  { inputs, outputs }: Pick<Transaction, 'inputs' | 'outputs'>,
): Map<Address, bigint> {
  const left = new Map<Address, bigint>()
  const add = (currency: Address, amount: bigint) => left.set(currency, (left.get(currency) ?? 0n) + amount)
  for (const input of inputs) {
    const spent = book.unspent.get(input)
    if (spent) add(spent.currency, spent.amount)
  }
  for (const { currency, amount } of outputs) add(currency, 0n - amount)
  return left
}

function countSurplus(book: Book, transaction: Transaction): void {
  if (transaction.txType === 'fee') return
  for (const [currency, amount] of leftOver(book, transaction)) {
    if (amount > 0n) book.surplus.set(currency, (book.surplus.get(currency) ?? 0n) + amount)
  }
}
