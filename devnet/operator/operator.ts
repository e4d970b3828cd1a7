import { merkleRoot } from '../../src/plasma/merkle.ts'
import { recover } from '../../src/plasma/signature.ts'
import { decodeSignedTransaction, type SignedTransaction } from '../../src/plasma/transaction.ts'
import type { Address, Hash } from '../../src/plasma/units.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { type Book, emptyBook, place, type Placed, turnPage } from './book.ts'
import { feeTransactions } from './fee-transaction.ts'
import { type Fees, refusal } from './refusal.ts'
import type { News, OperatorRootChain } from './root-chain.ts'

/** A block whose root is on the root chain. */
export type FormedBlock = { blknum: bigint; root: Hash; transactions: readonly Placed[] }

/** `honest`: as it is. `withheld`: not at all. `forged`: without its last transaction, so that it misses its root. */
export type Serving = 'honest' | 'withheld' | 'forged'

export type Submitted = { ok: true; placed: Placed } | { ok: false; code: string }

/** How a block departs from what an honest operator would publish. */
export type Cheat = {
  /** Signed transactions that go into the block unseen, after those of the pool. */
  also?: readonly Uint8Array[]
  serving?: Serving
}

export type Operator = {
  fees: Fees
  /** Takes a signed transaction into the block that is being filled, or says why not. */
  submit: (signedTx: Uint8Array) => Promise<Submitted>
  /** Closes the block, submits its root and serves it; with a cheat, not quite so. An empty block is formed too. */
  formBlock: (cheat?: Cheat) => Promise<FormedBlock>
  /** How many transactions wait for a block. */
  waiting: () => number
  /** A block as this operator serves it. */
  served: (root: Hash) => ServedBlock | undefined
  /** A block as it is, whatever is served. */
  block: (blknum: bigint) => FormedBlock | undefined
  /** Changes how a block is served from now on: what was withheld can be published. */
  serve: (blknum: bigint, serving: Serving) => void
}

export type ServedBlock = { blknum: bigint; hash: Hash; transactions: readonly Uint8Array[] }

type Settings = {
  framework: Address
  fees?: Fees
  /** Who gets the fees of every block; nobody claims them when absent. */
  feeClaimer?: Address
  /** Called with each block after its root was mined. */
  onBlock?: (block: FormedBlock) => void
}

/** elixir-omg holds a block with more for invalid. */
const MAX_TRANSACTIONS = 65_000

/** The child chain's operator: honest as long as nobody asks for a cheat. Its memory ends with the process. */
export async function createOperator(rootChain: OperatorRootChain, settings: Settings): Promise<Operator> {
  const book = emptyBook(await rootChain.nextChildBlock())
  const archive = new Map<Hash, FormedBlock & { serving: Serving }>()
  const fees = settings.fees ?? new Map<Address, bigint>()
  const unsubmitted: FormedBlock[] = []
  const oneAtATime = queue()

  async function submit(signedTx: Uint8Array): Promise<Submitted> {
    const decoded = decodeSignedTransaction(signedTx)
    if (!decoded.ok) return { ok: false, code: `submit:${decoded.error}` }
    await follow(book, rootChain)
    if (book.pending.length >= MAX_TRANSACTIONS) return { ok: false, code: 'submit:too_many_transactions_in_block' }
    const code = refusal(book, decoded.value, { framework: settings.framework, fees, recover })
    return code === undefined ? { ok: true, placed: place(book, decoded.value) } : { ok: false, code }
  }

  async function formBlock({ also = [], serving = 'honest' }: Cheat = {}): Promise<FormedBlock> {
    await follow(book, rootChain)
    for (const signedTx of also) place(book, decodedOrThrow(signedTx))
    if (settings.feeClaimer !== undefined) {
      for (const feeTx of feeTransactions(book, settings.feeClaimer)) place(book, decodedOrThrow(feeTx))
    }
    const { blknum } = book
    const transactions = turnPage(book)
    const root = merkleRoot(transactions.map(({ transaction }) => transaction.raw))
    const block = { blknum, root, transactions }
    archive.set(root, { ...block, serving })
    unsubmitted.push(block)
    await submitRoots()
    return block
  }

  /** A root that could not be submitted is tried again before the next one. */
  async function submitRoots(): Promise<void> {
    for (let block = unsubmitted[0]; block; block = unsubmitted[0]) {
      if ((await rootChain.nextChildBlock()) <= block.blknum) await rootChain.submitBlock(block.root)
      unsubmitted.shift()
      settings.onBlock?.(block)
    }
  }

  function found(blknum: bigint) {
    return [...archive.values()].find((block) => block.blknum === blknum)
  }

  return {
    fees,
    submit: (signedTx) => oneAtATime(() => submit(signedTx)),
    formBlock: (cheat) => oneAtATime(() => formBlock(cheat)),
    waiting: () => book.pending.length,
    served: (root) => serve(archive.get(root)),
    block: found,
    serve: (blknum, serving) => {
      const block = found(blknum)
      if (block) archive.set(block.root, { ...block, serving })
    },
  }
}

function serve(block: (FormedBlock & { serving: Serving }) | undefined): ServedBlock | undefined {
  if (!block || block.serving === 'withheld') return undefined
  const transactions = block.transactions.map(({ bytes }) => bytes)
  return {
    blknum: block.blknum,
    hash: block.root,
    transactions: block.serving === 'forged' ? transactions.slice(0, -1) : transactions,
  }
}

async function follow(book: Book, rootChain: OperatorRootChain): Promise<void> {
  for (const news of await rootChain.news()) apply(book, news)
}

function apply(book: Book, news: News): void {
  switch (news.type) {
    case 'deposited':
      book.unspent.set(news.utxoPos, { owner: news.owner, currency: news.currency, amount: news.amount })
      return
    case 'exited':
      book.unspent.delete(news.utxoPos)
      return
    case 'output piggybacked': {
      const at = book.places.get(news.txHash)
      if (at) book.unspent.delete(encodeUtxoPos({ ...at, outputIndex: news.outputIndex }))
      return
    }
  }
}

function decodedOrThrow(signedTx: Uint8Array): SignedTransaction {
  const decoded = decodeSignedTransaction(signedTx)
  if (!decoded.ok) throw new Error(`The operator was given a transaction that is none: ${decoded.error}`)
  return decoded.value
}

/** Runs what it is given one after the other, in the order of the calls. */
function queue() {
  let last: Promise<unknown> = Promise.resolve()
  return function run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }
}
