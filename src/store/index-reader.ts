import type Sqlite from 'better-sqlite3'
import { readAddress } from '../plasma/address-bytes.ts'
import type { Address, Hash, Timestamp, UtxoPos, Wei } from '../plasma/units.ts'
import { decodeAmount } from './index-amount.ts'
import { createAmountRows } from './index-amount-rows.ts'
import type { IndexFollower } from './index-follower.ts'
import { createIndexHistory } from './index-history.ts'
import { createOutputRows, OUTPUT_COLUMNS, type OutputRow } from './index-output-rows.ts'
import { clampedSkip, type Slice } from './index-slice.ts'
import { firstPlaceIn, NOWHERE, outputKey, PIECES, utxoPosAt } from './keys.ts'

type BalanceRow = { currency: number; address: Buffer; amount: Buffer }
type DepositRow = { block: number; eth_height: number; tx_hash: string; log_index: number; timestamp: number }

/** Answers from the index, through a connection that does not write. */
export function createIndexReader(reader: Sqlite.Database, follower: Pick<IndexFollower, 'isCurrent'>) {
  const outputs = createOutputRows(reader)
  return {
    ...createIndexHistory(reader, outputs),
    ...createAmountRows(reader, outputs),
    ...createOwned(reader, outputs, follower),
    ...createDepositRows(reader, outputs),
  }
}

type Outputs = ReturnType<typeof createOutputRows>

function createOwned(reader: Sqlite.Database, { rows, idOf }: Outputs, follower: Pick<IndexFollower, 'isCurrent'>) {
  const all = reader.prepare<[number, number, bigint], OutputRow>(pageOfUnspent('account = ?'))
  const others = reader.prepare<[number, string, number, bigint], OutputRow>(
    pageOfUnspent('account = ? and output not in (select value from json_each(?))'),
  )
  const positions = reader
    .prepare<[number], number>('select output from unspent where account = ? order by output')
    .pluck()
  const one = reader.prepare<[number], OutputRow>(`select ${OUTPUT_COLUMNS} from outputs where output = ?`)
  const balances = reader.prepare<[number], BalanceRow>(
    'select currency, address, amount from balances join addresses on id = currency where account = ? order by address',
  )
  const find = (utxoPos: UtxoPos) => one.get(outputKey(utxoPos) ?? NOWHERE)
  return {
    unspent: (owner: Address, without: readonly UtxoPos[], slice: Slice) => {
      const keys = without.flatMap((utxoPos) => outputKey(utxoPos) ?? [])
      const [account, skip] = [idOf(owner), clampedSkip(slice)]
      if (keys.length === 0) return rows(all.all(account, slice.most, skip))
      return rows(others.all(account, JSON.stringify(keys), slice.most, skip))
    },
    balances: (owner: Address, without: readonly UtxoPos[]) => {
      const account = idOf(owner)
      const held = without.flatMap((utxoPos) => find(utxoPos) ?? [])
      const less = held.filter((row) => row.account === account && row.spender === null)
      return balances.all(account).flatMap(({ currency, address, amount }) => {
        const ofToken = less.filter((row) => row.currency === currency)
        const left = ofToken.reduce<bigint>((sum, row) => sum - decodeAmount(row.amount), decodeAmount(amount))
        return left > 0n ? [{ currency: readAddress(address), amount: left as Wei }] : []
      })
    },
    output: (utxoPos: UtxoPos) => {
      const row = find(utxoPos)
      return row && rows([row])[0]
    },
    isCurrent: follower.isCurrent,
    current: (owner: Address) => (follower.isCurrent() ? positions.all(idOf(owner)).map(utxoPosAt) : undefined),
  }
}

/** Only what is on the page is looked up. */
function pageOfUnspent(where: string): string {
  return `select ${OUTPUT_COLUMNS} from (
      select output from unspent where ${where} order by output limit ? offset ?
    ) join outputs using (output) order by output`
}

function createDepositRows(reader: Sqlite.Database, { rows, idOf }: Outputs) {
  const one = reader.prepare<[number], OutputRow>(`select ${OUTPUT_COLUMNS} from outputs where output = ?`)
  const all = reader.prepare<[number, bigint], DepositRow>(
    'select * from deposits order by block desc limit ? offset ?',
  )
  const ofOwner = reader.prepare<[number, number, bigint], DepositRow>(
    'select * from deposits where account = ? order by block desc limit ? offset ?',
  )
  function read({ block, eth_height, tx_hash, log_index, timestamp }: DepositRow) {
    const row = one.get(firstPlaceIn(block) * PIECES)
    return rows(row ? [row] : []).map((output) => ({
      output,
      ethHeight: BigInt(eth_height),
      rootChainTxHash: tx_hash as Hash,
      logIndex: log_index,
      timestamp: BigInt(timestamp) as Timestamp,
    }))
  }
  return {
    deposits: (owner: Address | undefined, slice: Slice) => {
      const skip = clampedSkip(slice)
      const found = owner === undefined ? all.all(slice.most, skip) : ofOwner.all(idOf(owner), slice.most, skip)
      return found.flatMap(read)
    },
  }
}
