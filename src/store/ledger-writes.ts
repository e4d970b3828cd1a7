import type Sqlite from 'better-sqlite3'
import type { LedgerEvent } from '../exit-game/contract-event.ts'
import type { Logger } from '../lib/logger.ts'
import { equalBytes } from '../lib/bytes.ts'
import type { LedgerView, Place } from '../plasma/ledger.ts'
import { SUBTREE_LEAVES } from '../plasma/merkle.ts'
import { isDepositBlock } from '../plasma/position.ts'
import { depositTransaction } from '../plasma/encode-transaction.ts'
import { decodeTransaction, type Output, type SignedTransaction } from '../plasma/transaction.ts'
import type { UtxoPos } from '../plasma/units.ts'
import { blockKey, firstPlaceIn, outputKey, PIECES, placeKey } from './keys.ts'
import type { OwnersWrites } from './owners.ts'
import { packOutputs } from './packed-outputs.ts'
import { unhashed } from './sightings.ts'

type DepositCreated = Extract<LedgerEvent, { type: 'DepositCreated' }>

/** What ends a block: how many transactions were written, and the roots of their subtrees. */
type BlockEnd = { event: number; transactions: number; nodes: Uint8Array }

export type LedgerWrites = {
  /** Adds a deposit, once. What is none, or another one than is there, is left out and logged. */
  deposit: (event: DepositCreated) => void
  transaction: (place: Place, transaction: SignedTransaction) => void
  block: (blknum: bigint, end: BlockEnd) => void
  /** Spends those of the outputs that are unspent, for an exit that was paid at a root chain height. */
  exit: (height: bigint, positions: readonly UtxoPos[]) => void
}

type Parts = { database: Sqlite.Database; view: Pick<LedgerView, 'get'>; owners: OwnersWrites; log: Logger }

/** Writes the child chain. */
export function createLedgerWrites({ database, view, owners, log }: Parts): LedgerWrites {
  const addDeposit = database.prepare('insert into deposits values (?, ?, ?, ?)')
  const known = database.prepare<[number], Buffer | null>('select raw from deposits where blknum = ?').pluck()
  const addTransaction = database.prepare('insert into transactions values (?, ?)')
  const addOutputs = database.prepare('insert into outputs values (?, ?)')
  const addSpend = database.prepare('insert into spends values (?, ?, ?)')
  const addBlock = database.prepare('insert into blocks values (?, ?, ?, ?)')

  function addNewDeposit(key: number, event: DepositCreated): void {
    const raw = rawDeposit(event)
    const output = depositedOutput(event.blknum, raw)
    if (!output) log.error({ blknum: event.blknum }, 'deposit cannot be read')
    addDeposit.run(key, event.timestamp, event.blockNumber, output ? raw : null)
    if (!output) return
    const packed = packOutputs([output])
    addOutputs.run(firstPlaceIn(key), packed)
    owners.add(firstPlaceIn(key), packed)
  }

  return {
    deposit: (event) => {
      const key = blockKey(event.blknum)
      if (key === undefined) {
        log.error({ blknum: event.blknum }, 'deposit cannot be read')
        return
      }
      const there = known.get(key)
      if (there === undefined) addNewDeposit(key, event)
      else if (!there || !equalBytes(there, rawDeposit(event)))
        log.error({ blknum: event.blknum }, 'two deposits in one block')
    },
    transaction: (place, { bytes, transaction: { inputs, outputs } }) => {
      const key = keyOf(place)
      addTransaction.run(key, bytes)
      addOutputs.run(key, packOutputs(outputs))
      for (let index = 0; index < inputs.length; index++) {
        addSpend.run(outputKey(inputs[index] as UtxoPos), key * PIECES + index, null)
      }
    },
    block: (blknum, { event, transactions, nodes }) => {
      if (nodes.length !== 32 * Math.ceil(transactions / SUBTREE_LEAVES)) {
        throw new RangeError(`${nodes.length} bytes of nodes for ${transactions} transactions`)
      }
      addBlock.run(keyOf({ blknum, txIndex: 0 }) / firstPlaceIn(1), event, transactions, nodes)
    },
    exit: (height, positions) => {
      for (const utxoPos of positions) if (view.get(utxoPos)) addSpend.run(outputKey(utxoPos), null, height)
    },
  }
}

function keyOf(place: Place): number {
  const key = placeKey(place)
  if (key === undefined)
    throw new RangeError(`No place for transaction ${place.txIndex} of block ${String(place.blknum)}`)
  return key
}

function rawDeposit({ transaction, depositor, token, amount }: DepositCreated): Uint8Array {
  return transaction ?? depositTransaction({ owner: depositor, currency: token, amount })
}

function depositedOutput(blknum: bigint, raw: Uint8Array): Output | undefined {
  const decoded = decodeTransaction(raw, unhashed)
  const [output, ...more] = decoded.ok && decoded.value.inputs.length === 0 ? decoded.value.outputs : []
  return isDepositBlock(blknum) && more.length === 0 ? output : undefined
}
