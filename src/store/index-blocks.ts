import type Sqlite from 'better-sqlite3'
import { fromHex } from '../lib/bytes.ts'
import { decodeSignedTransaction, type HashOf, type Transaction } from '../plasma/transaction.ts'
import type { FeedBlock, LedgerFeed } from './index-feed.ts'
import { IndexMismatchError } from './index-mismatch.ts'
import type { IndexOutputs } from './index-outputs.ts'
import { firstPlaceIn, NOWHERE, outputKey, PIECES } from './keys.ts'

type Pause = () => Promise<void>

export type IndexBlocks = {
  /**
   * Takes in a block.
   *
   * @throws {@link IndexMismatchError} when the ledger holds another one by now.
   */
  add: (block: FeedBlock, pause: Pause) => Promise<void>
  /** Takes the last block back. */
  undo: (block: number, pause: Pause) => Promise<void>
}

type Parts = { feed: LedgerFeed; outputs: IndexOutputs; hashOf: HashOf }
type TransactionRow = { place: number; hash: Buffer; inputs: Buffer }

const AT_ONCE = 100
const PAYMENT = 1
const FEE = 3

/** Writes blocks and their transactions. */
export function createIndexBlocks(writer: Sqlite.Database, parts: Parts): IndexBlocks {
  const statements = prepare(writer)
  return {
    add: (block, pause) => addBlock(statements, parts, { block, pause }),
    undo: (block, pause) => undoBlock(statements, parts, { block, pause }),
  }
}

function prepare(writer: Sqlite.Database) {
  return {
    addBlock: writer.prepare('insert into blocks values (?, ?, ?, ?, ?, ?)'),
    dropBlock: writer.prepare('delete from blocks where block = ?'),
    addTransaction: writer.prepare('insert into transactions values (?, ?, ?, ?, ?)'),
    transactions: writer.prepare<[number, number], TransactionRow>(
      'select place, hash, inputs from transactions where place >= ? and place < ?',
    ),
    dropTransactions: writer.prepare('delete from transactions where place >= ? and place < ?'),
    addHash: writer.prepare('insert into hashes values (?, ?)'),
    dropHash: writer.prepare('delete from hashes where prefix = ? and place = ?'),
    addActivity: writer.prepare('insert into activity values (?, ?)'),
    dropActivity: writer.prepare('delete from activity where account = ? and place = ?'),
    dropExits: writer.prepare('delete from exits where output >= ? and output < ?'),
  }
}

type Statements = ReturnType<typeof prepare>
/** What is written at the end of a block, in the order of its keys. */
type Noted = { hashes: [prefix: bigint, place: number][]; activity: [account: number, place: number][] }

async function addBlock(
  statements: Statements,
  parts: Parts,
  { block, pause }: { block: FeedBlock; pause: Pause },
): Promise<void> {
  const noted: Noted = { hashes: [], activity: [] }
  const first = firstPlaceIn(block.block)
  for (let done = 0; done < block.transactions;) {
    const rows = parts.feed.transactions(first + done, AT_ONCE)
    if (rows.length === 0) throw new IndexMismatchError(`block ${String(block.block)} is gone`)
    for (const { place, bytes } of rows) {
      const decoded = decodeSignedTransaction(new Uint8Array(bytes), parts.hashOf)
      if (!decoded.ok || place !== first + done++) throw new IndexMismatchError(`no transaction ${String(place)}`)
      const { transaction } = decoded.value
      noted.hashes.push([prefixOf(fromHex(transaction.txHash)), place])
      for (const account of addTransaction(statements, parts, { place, transaction })) {
        noted.activity.push([account, place])
      }
    }
    await pause()
  }
  noted.hashes.sort(([left], [right]) => (left < right ? -1 : 1))
  noted.activity.sort(([left, one], [right, other]) => left - right || one - other)
  await inSteps(noted.hashes, pause, ([prefix, place]) => statements.addHash.run(prefix, place))
  await inSteps(noted.activity, pause, ([account, place]) => statements.addActivity.run(account, place))
  const { root, timestamp, ethHeight, ethHash, transactions } = block
  statements.addBlock.run(block.block, root, timestamp, ethHeight, ethHash, transactions)
}

/** Returns those who have a part in it. */
function addTransaction(
  statements: Statements,
  { outputs }: Parts,
  { place, transaction }: { place: number; transaction: Transaction },
): readonly number[] {
  const inputs = transaction.inputs.map((utxoPos) => outputKey(utxoPos) ?? NOWHERE)
  const owners = inputs.flatMap((key) => outputs.spend(key, place)?.account ?? [])
  if (owners.length < inputs.length) throw new IndexMismatchError(`an input of transaction ${String(place)} is missing`)
  for (const [index, output] of transaction.outputs.entries()) {
    owners.push(outputs.create(place * PIECES + index, output))
  }
  const { txType, txHash, metadata } = transaction
  const ofPayment = txType === 'payment' && metadata.some((byte) => byte !== 0) ? metadata : null
  const type = txType === 'payment' ? PAYMENT : FEE
  statements.addTransaction.run(place, fromHex(txHash), type, packKeys(inputs), ofPayment)
  return [...new Set(owners)]
}

async function undoBlock(
  statements: Statements,
  { outputs }: Parts,
  { block, pause }: { block: number; pause: Pause },
): Promise<void> {
  const [first, end] = [firstPlaceIn(block), firstPlaceIn(block + 1)]
  await inSteps(statements.transactions.all(first, end), pause, ({ place, hash, inputs }) => {
    statements.dropHash.run(prefixOf(hash), place)
    for (const key of unpackKeys(inputs)) {
      const coin = outputs.restore(key, place)
      if (coin) statements.dropActivity.run(coin.account, place)
    }
  })
  for (const { account, output } of outputs.remove(first * PIECES, end * PIECES)) {
    statements.dropActivity.run(account, Math.floor(output / PIECES))
  }
  statements.dropExits.run(first * PIECES, end * PIECES)
  statements.dropTransactions.run(first, end)
  statements.dropBlock.run(block)
}

async function inSteps<Item>(items: readonly Item[], pause: Pause, work: (item: Item) => unknown): Promise<void> {
  for (const [at, item] of items.entries()) {
    work(item)
    if (at % AT_ONCE === AT_ONCE - 1) await pause()
  }
}

/** What a hash is looked up by. Others may have the same: the whole hash stands with the transaction. */
export function prefixOf(hash: Uint8Array): bigint {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length).readBigInt64BE(0)
}

/** Keys, in eight bytes each. */
function packKeys(keys: readonly number[]): Buffer {
  const packed = Buffer.alloc(8 * keys.length)
  for (const [index, key] of keys.entries()) packed.writeDoubleBE(key, 8 * index)
  return packed
}

export function unpackKeys(packed: Buffer): number[] {
  return Array.from({ length: packed.length / 8 }, (_, index) => packed.readDoubleBE(8 * index))
}
