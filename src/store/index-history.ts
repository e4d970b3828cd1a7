import type Sqlite from 'better-sqlite3'
import { fromHex, toHex } from '../lib/bytes.ts'
import type { Place } from '../plasma/ledger.ts'
import type { Hash } from '../plasma/units.ts'
import { prefixOf, unpackKeys } from './index-blocks.ts'
import { createBlockRows, type IndexedBlock } from './index-block-rows.ts'
import {
  blockOf,
  OUTPUT_COLUMNS,
  type createOutputRows,
  type IndexedOutput,
  type OutputRow,
} from './index-output-rows.ts'
import { createTransactionSearch, type TransactionFilter } from './index-search.ts'
import { clampedSkip, type Slice } from './index-slice.ts'
import { PIECES, placeAt } from './keys.ts'

type TransactionRow = { place: number; hash: Buffer; type: number; inputs: Buffer; metadata: Buffer | null }

type IndexedTransaction = {
  place: Place
  txHash: Hash
  txType: number
  metadata: Uint8Array | undefined
  block: IndexedBlock
  inputs: readonly IndexedOutput[]
  outputs: readonly IndexedOutput[]
}

const FEE = 3
const ZERO_METADATA = new Uint8Array(32)

/** Blocks and their transactions, newest first. */
export function createIndexHistory(reader: Sqlite.Database, { rows, idOf }: ReturnType<typeof createOutputRows>) {
  const byHash = reader.prepare<[bigint, Uint8Array], TransactionRow>(
    'select transactions.* from hashes join transactions using (place) where prefix = ? and hash = ? limit 1',
  )
  const byPlace = reader.prepare<[number], TransactionRow>('select * from transactions where place = ?')
  const created = reader.prepare<[number, number], OutputRow>(
    `select ${OUTPUT_COLUMNS} from outputs where output >= ? and output < ? order by output`,
  )
  const spent = reader.prepare<[number], OutputRow>(`select ${OUTPUT_COLUMNS} from outputs where output = ?`)
  const blocks = createBlockRows(reader)
  const search = createTransactionSearch(reader, idOf)

  /** Reads many at once: what they have in common is looked up once. */
  function read(found: readonly TransactionRow[]): IndexedTransaction[] {
    const pieces = found.map(({ place, inputs }) => ({
      inputs: unpackKeys(inputs).flatMap((key) => spent.get(key) ?? []),
      outputs: created.all(place * PIECES, (place + 1) * PIECES),
    }))
    const indexed = rows(pieces.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]))
    const take = (count: number) => indexed.splice(0, count)
    return found.flatMap(({ place, hash, type, metadata }, at) => {
      const [inputs, outputs] = [take(pieces[at]?.inputs.length ?? 0), take(pieces[at]?.outputs.length ?? 0)]
      const block = blocks.block(BigInt(blockOf(place)))
      if (!block) return []
      const txHash = toHex(hash) as Hash
      const note = type === FEE ? undefined : (metadata ?? ZERO_METADATA)
      return [{ place: placeAt(place), txHash, txType: type, metadata: note, block, inputs, outputs }]
    })
  }

  return {
    ...blocks,
    transaction: (txHash: Hash) => {
      const hash = fromHex(txHash)
      return read(byHash.all(prefixOf(hash), hash))[0]
    },
    transactions: (filter: TransactionFilter, slice: Slice) =>
      read(search(filter, { ...slice, skip: clampedSkip(slice) }).flatMap((place) => byPlace.get(place) ?? [])),
  }
}
