import type Sqlite from 'better-sqlite3'
import type { Output } from '../plasma/transaction.ts'
import type { IndexAddresses } from './index-addresses.ts'
import { encodeAmount } from './index-amount.ts'
import type { Coin, IndexPurses } from './index-purses.ts'

/** In place of a spending transaction's place: an exit took the output. */
export const BY_EXIT = -1

type Row = Coin & { spender: number | null }

export type IndexOutputs = {
  /** Returns whose it is. */
  create: (key: number, output: Output) => number
  /** Returns whose it was; undefined when there is no such unspent output. */
  spend: (key: number, spender: number) => Coin | undefined
  /** Takes a spend back. Returns whose it is, undefined when it was not this that spent it. */
  restore: (key: number, spender: number) => Coin | undefined
  /** Takes back what stands at places from one on, before another; returns those to whom it belonged. */
  remove: (from: number, before: number) => readonly Row[]
}

/** Outputs with what became of them; whoever has them is told through `purses`. */
export function createIndexOutputs(
  writer: Sqlite.Database,
  { addresses, purses }: { addresses: IndexAddresses; purses: IndexPurses },
): IndexOutputs {
  const insert = writer.prepare('insert into outputs values (?, ?, ?, ?, ?, null)')
  const find = writer.prepare<[number], Row>(
    'select output, account, currency, amount, spender from outputs where output = ?',
  )
  const setSpender = writer.prepare<[number | null, number]>('update outputs set spender = ? where output = ?')
  const range = writer.prepare<[number, number], Row>(
    'select output, account, currency, amount, spender from outputs where output >= ? and output < ?',
  )
  const removeRange = writer.prepare('delete from outputs where output >= ? and output < ?')
  return {
    create: (key, { owner, currency: token, amount: wei, outputType }) => {
      const [account, currency, amount] = [addresses.idOf(owner), addresses.idOf(token), encodeAmount(wei)]
      insert.run(key, account, currency, amount, outputType)
      purses.add({ output: key, account, currency, amount })
      return account
    },
    spend: (key, spender) => {
      const row = find.get(key)
      if (row?.spender !== null) return undefined
      setSpender.run(spender, key)
      purses.take(row)
      return row
    },
    restore: (key, spender) => {
      const row = find.get(key)
      if (row?.spender !== spender) return undefined
      setSpender.run(null, key)
      purses.add(row)
      return row
    },
    remove: (from, before) => {
      const rows = range.all(from, before)
      for (const row of rows) if (row.spender === null) purses.take(row)
      removeRange.run(from, before)
      return rows
    },
  }
}
