import type { FeedBlock, FeedDeposit, LedgerFeed } from '../../src/store/index-feed.ts'
import { firstPlaceIn, outputKey } from '../../src/store/keys.ts'
import { merkleRoot } from '../../src/plasma/merkle.ts'
import { encodeSigned } from '../../src/plasma/encode-transaction.ts'
import type { Output, Transaction } from '../../src/plasma/transaction.ts'
import type { Hash, Timestamp, UtxoPos } from '../../src/plasma/units.ts'
import { at } from '../support/transactions.ts'

type Block = FeedBlock & { content: readonly Transaction[] }
type Exit = { utxoPos: UtxoPos; height: number }

const txHash = `0x${'7a'.repeat(32)}` as Hash

/** A ledger of plain values, whose root chain can be cut back. */
export function fakeLedger() {
  let fork = 0
  let height = 0
  let revision = 0
  let events = 0
  let nextBlock = 1000
  let nextDeposit = 1
  let blocks: Block[] = []
  let deposits: FeedDeposit[] = []
  let breaks = false
  let exits: Exit[] = []

  const mined = () => {
    height++
    revision++
    const ethHash = `0x${fork.toString(16).padStart(32, '0')}${height.toString(16).padStart(32, '0')}` as Hash
    return { ethHeight: height, ethHash, timestamp: BigInt(1_600_000_000 + 10 * height) as Timestamp }
  }

  const feed: LedgerFeed = {
    revision: () => revision,
    blockAfter: (after) => blocks.find(({ block }) => block > after),
    block: (number) => blocks.find(({ block }) => block === number),
    transactions: (from, most) => {
      const number = Math.floor(from / firstPlaceIn(1))
      if (breaks && from > firstPlaceIn(number)) return []
      const rows = blocks
        .find(({ block }) => block === number)
        ?.content.map((transaction, index) => ({
          place: firstPlaceIn(number) + index,
          bytes: encodeSigned(transaction.raw, []),
        }))
      return (rows ?? []).filter(({ place }) => place >= from).slice(0, Math.min(most, 2))
    },
    depositsAfter: (id) => deposits.filter((deposit) => deposit.id > id).slice(0, 2),
    hashOfEvent: (id) => deposits.find((deposit) => deposit.id === id)?.ethHash,
    exitsFrom: (from) =>
      exits
        .filter((exit) => exit.height >= from)
        .map((exit) => ({ output: outputKey(exit.utxoPos) ?? -1, height: exit.height })),
    exitCount: () => exits.length,
  }

  return {
    feed,
    head: () => height,
    chain: () => ({ blocks, deposits, exits }),
    submit: (content: readonly Transaction[]) => {
      const root = merkleRoot(content.map(({ raw }) => raw))
      blocks = [...blocks, { block: nextBlock, root, transactions: content.length, content, ...mined() }]
      nextDeposit = nextBlock + 1
      nextBlock += 1000
    },
    deposit: (output: Output): UtxoPos => {
      const block = nextDeposit++
      deposits = [...deposits, { id: ++events, block, txHash, logIndex: 0, output, ...mined() }]
      return at(BigInt(block))
    },
    /** A log of the vault's that nobody can read. */
    nonsense: () => {
      deposits = [
        ...deposits,
        { id: ++events, block: nextDeposit++, txHash, logIndex: 0, output: undefined, ...mined() },
      ]
    },
    /** From now on, or not any more, blocks vanish while they are read. */
    breakReads: (isBroken: boolean) => {
      breaks = isBroken
    },
    exit: (utxoPos: UtxoPos) => {
      exits = [...exits, { utxoPos, height: mined().ethHeight }]
    },
    /** What the root chain does not know any more above a height is gone. */
    cut: (to: number) => {
      fork++
      revision++
      blocks = blocks.filter(({ ethHeight }) => ethHeight <= to)
      deposits = deposits.filter(({ ethHeight }) => ethHeight <= to)
      exits = exits.filter((exit) => exit.height <= to)
      height = Math.min(height, to)
      events = deposits.at(-1)?.id ?? 0
      const numbers = [0, ...blocks.map(({ block }) => block)]
      nextBlock = Math.max(...numbers) + 1000
      nextDeposit = Math.max(...numbers, ...deposits.map(({ block }) => block)) + 1
    },
  }
}

export type FakeLedger = ReturnType<typeof fakeLedger>
