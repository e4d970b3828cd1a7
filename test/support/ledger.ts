import Sqlite from 'better-sqlite3'
import type { At, ExitGameEvent, LedgerEvent } from '../../src/exit-game/contract-event.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Block } from '../../src/plasma/block.ts'
import type { LedgerView } from '../../src/plasma/ledger.ts'
import { decodeTransaction, type Output } from '../../src/plasma/transaction.ts'
import type { Hash, Timestamp, UtxoPos, Wei } from '../../src/plasma/units.ts'
import { createDrafts } from '../../src/store/draft.ts'
import { utxoPosAt } from '../../src/store/keys.ts'
import { prepareStore } from '../../src/store/ledger-database.ts'
import { createLedgerView } from '../../src/store/ledger-view.ts'
import type { ChainEvent, Draft } from '../../src/watcher/facts.ts'
import { framework } from './transactions.ts'

/** A ledger that a test fills without waiting; each call is one write. */
export type Ledger = LedgerView & {
  /** @param raw - its transaction. */
  deposit: (blknum: bigint, raw: Uint8Array) => void
  /**
   * Takes in a block that was executed on this view.
   *
   * @throws {RangeError} when it is not the next one.
   */
  apply: (block: Block) => void
  /** Spends outputs that an exit paid out. Returns those that were not there to be spent. */
  exit: (positions: readonly UtxoPos[]) => readonly UtxoPos[]
  /** Every unspent output, oldest first. */
  unspent: () => [UtxoPos, Output][]
}

/** An empty ledger in memory, with the tables and the rules of the real one. */
export function createLedger(): Ledger {
  const database = new Sqlite(':memory:')
  prepareStore(database, { chainId: 1n, framework })
  const openDraft = createDrafts(database, silentLogger)
  const view = createLedgerView(database)
  const outputs = database.prepare<[], number>('select place from outputs order by place').pluck()
  let height = 0

  function write(work: (draft: Draft) => void): void {
    database.transaction(() => {
      const { draft, end } = openDraft()
      work(draft)
      end()
    })()
  }

  /** The next log of the root chain, in a block of its own. */
  function at(): At {
    height += 1
    const hash = `0x${height.toString(16).padStart(64, '0')}` as Hash
    const timestamp = BigInt(height) as Timestamp
    return { blockNumber: BigInt(height), blockHash: hash, timestamp, occurrence: { txHash: hash, rank: 0 } }
  }

  return {
    ...view,
    deposit: (blknum, raw) => {
      const decoded = decodeTransaction(raw)
      const output = decoded.ok ? decoded.value.outputs[0] : undefined
      const {
        owner: depositor,
        currency: token,
        amount,
      } = output ?? { owner: framework, currency: framework, amount: 0n as Wei }
      const event: LedgerEvent = { ...at(), type: 'DepositCreated', blknum, depositor, token, amount, transaction: raw }
      write((draft) => {
        draft.add(readingOf(event))
      })
    },
    apply: ({ blknum, hash, nodes, transactions }) => {
      const event = { ...at(), type: 'BlockSubmitted' as const, blknum }
      write((draft) => {
        draft.add(readingOf(event, hash))
        for (const [txIndex, transaction] of transactions.entries()) draft.transaction({ blknum, txIndex }, transaction)
        const announced = { blknum, root: hash, submittedAt: event.timestamp, event }
        draft.block(announced, { transactions: transactions.length, nodes })
      })
    },
    exit: (positions) => {
      const gone = positions.filter((utxoPos) => !view.get(utxoPos))
      const event: ExitGameEvent & { type: 'ExitFinalized' } = { ...at(), type: 'ExitFinalized', exitId: 1n }
      write((draft) => {
        draft.add(readingOf(event))
        draft.exit(event, positions)
      })
      return gone
    },
    unspent: () =>
      outputs.all().flatMap((place) =>
        [0, 1, 2, 3].flatMap((index): [UtxoPos, Output][] => {
          const utxoPos = utxoPosAt(4 * place + index)
          const output = view.get(utxoPos)
          return output ? [[utxoPos, output]] : []
        }),
      ),
  }
}

/** A reading of one event. */
function readingOf(event: ChainEvent, root?: Hash): Parameters<Draft['add']>[0] {
  const { blockNumber, blockHash: hash, timestamp } = event
  const submitted = new Map(event.type === 'BlockSubmitted' && root ? [[event.blknum, { root, timestamp }]] : [])
  return {
    from: blockNumber,
    tip: { number: blockNumber, hash, timestamp },
    events: [event],
    unreadable: [],
    submitted,
  }
}
