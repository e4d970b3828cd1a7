import { merkleRoot } from '../../src/plasma/merkle.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { recover } from '../../src/plasma/signature.ts'
import { decodeSignedTransaction, type SignedTransaction } from '../../src/plasma/transaction.ts'
import type { Address } from '../../src/plasma/units.ts'
import { type Archive, createArchive, type FormedBlock, type Serving } from './archive.ts'
import { type Book, emptyBook, place, type Placed, turnPage } from './book.ts'
import { feeTransactions } from './fee-transaction.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { type Fees, refusal } from './refusal.ts'
import type { News, OperatorRootChain } from './root-chain.ts'

type Submitted = { ok: true; placed: Placed } | { ok: false; code: string }

/** How a block departs from what an honest operator would publish. */
type Cheat = {
  /** Signed transactions that go into the block unseen, after those of the pool. */
  also?: readonly Uint8Array[]
  serving?: Serving
}

/** The child chain's operator: honest as long as nobody asks for a cheat. */
export type Operator = Pick<Archive, 'block' | 'served' | 'serve'> & {
  fees: Fees
  /** Takes a signed transaction into the block that is being filled, or says why not. */
  submit: (signedTx: Uint8Array) => Promise<Submitted>
  /** Closes the block, submits its root and serves it; with a cheat, not quite so. An empty block is formed too. */
  formBlock: (cheat?: Cheat) => Promise<FormedBlock>
  /** How many transactions wait for a block. */
  waiting: () => number
}

type Settings = {
  framework: Address
  fees?: Fees
  /** Who gets the fees of every block; nobody claims them when absent. */
  feeClaimer?: Address
  /** Called with each block after its root was mined. */
  onBlock?: (block: FormedBlock) => void
}

/** elixir-omg holds a block with more than 65,532 for invalid. */
const MAX_TRANSACTIONS = 65_000

/** Makes an operator that goes on where the root chain stands. Its memory ends with the process. */
export async function createOperator(rootChain: OperatorRootChain, settings: Settings): Promise<Operator> {
  const book = emptyBook(await rootChain.nextChildBlock())
  const archive = createArchive()
  const submitRoot = rootSubmitter(rootChain, settings.onBlock)
  const fees: Fees = settings.fees ?? new Map<Address, bigint>()
  const inTurn = oneAtATime()

  async function submit(signedTx: Uint8Array): Promise<Submitted> {
    const decoded = decodeSignedTransaction(signedTx)
    if (!decoded.ok) return { ok: false, code: `submit:${decoded.error}` }
    await follow(book, rootChain)
    if (book.pending.length >= MAX_TRANSACTIONS) return { ok: false, code: 'submit:too_many_transactions_in_block' }
    const code = refusal(book, decoded.value, { framework: settings.framework, fees, recover })
    return code === undefined ? { ok: true, placed: place(book, decoded.value) } : { ok: false, code }
  }

  async function formBlock({ also = [], serving = 'honest' }: Cheat = {}): Promise<FormedBlock> {
    const unseen = also.map(decodedOrThrow)
    await follow(book, rootChain)
    for (const transaction of unseen) place(book, transaction)
    const claims = settings.feeClaimer === undefined ? [] : feeTransactions(book, settings.feeClaimer)
    for (const claim of claims.map(decodedOrThrow)) place(book, claim)
    const { blknum } = book
    const transactions = turnPage(book)
    const block = { blknum, root: merkleRoot(transactions.map(({ transaction }) => transaction.raw)), transactions }
    archive.add(block, serving)
    await submitRoot(block)
    return block
  }

  return {
    ...archive,
    fees,
    submit: (signedTx) => inTurn(() => submit(signedTx)),
    formBlock: (cheat) => inTurn(() => formBlock(cheat)),
    waiting: () => book.pending.length,
  }
}

/** A root that could not be submitted is tried again before the next one: the numbers of the blocks depend on it. */
function rootSubmitter(rootChain: OperatorRootChain, onBlock: Settings['onBlock']) {
  const unsubmitted: FormedBlock[] = []
  return async (newest: FormedBlock): Promise<void> => {
    unsubmitted.push(newest)
    for (let block = unsubmitted[0]; block; block = unsubmitted[0]) {
      if ((await rootChain.nextChildBlock()) <= block.blknum) await rootChain.submitBlock(block.root)
      unsubmitted.shift()
      onBlock?.(block)
    }
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
  if (!decoded.ok) throw new Error(`The operator was given bytes that are no transaction: ${decoded.error}`)
  return decoded.value
}
