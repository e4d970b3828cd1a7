import type Sqlite from 'better-sqlite3'
import { decodeAmount, encodeAmount } from './index-amount.ts'

/** An unspent output of somebody. */
export type Coin = { output: number; account: number; currency: number; amount: Uint8Array }

/** What everybody has: changes are gathered, and written in the order of the tables' keys. */
export type IndexPurses = {
  add: (coin: Coin) => void
  take: (coin: Coin) => void
  /** Writes what was gathered; calls `pause` now and then. */
  write: (pause: () => Promise<void>) => Promise<void>
  /** Forgets what was gathered. */
  forget: () => void
}

const AT_ONCE = 500

export function createIndexPurses(writer: Sqlite.Database): IndexPurses {
  const added = new Map<number, Coin>()
  const taken = new Map<number, Coin>()
  const balances = createBalances(writer)
  const insert = writer.prepare('insert into unspent values (?, ?)')
  const remove = writer.prepare('delete from unspent where account = ? and output = ?')
  const insertByAmount = writer.prepare('insert into by_amount values (?, ?, ?, ?)')
  const removeByAmount = writer.prepare(
    'delete from by_amount where account = ? and currency = ? and amount = ? and output = ?',
  )
  return {
    add: (coin) => {
      if (!taken.delete(coin.output)) added.set(coin.output, coin)
    },
    take: (coin) => {
      if (!added.delete(coin.output)) taken.set(coin.output, coin)
    },
    write: async (pause) => {
      const gone = [...taken.values()].sort(byOwner)
      const come = [...added.values()].sort(byOwner)
      const each = async (coins: readonly Coin[], work: (coin: Coin) => void) => {
        for (const [at, coin] of coins.entries()) {
          work(coin)
          if (at % AT_ONCE === AT_ONCE - 1) await pause()
        }
      }
      await each(gone, ({ account, output }) => remove.run(account, output))
      await each(come, ({ account, output }) => insert.run(account, output))
      await each(gone.sort(byAmount), ({ account, currency, amount, output }) => {
        removeByAmount.run(account, currency, amount, output)
        balances.change(account, currency, 0n - decodeAmount(amount))
      })
      await each(come.sort(byAmount), ({ account, currency, amount, output }) => {
        insertByAmount.run(account, currency, amount, output)
        balances.change(account, currency, decodeAmount(amount))
      })
      await balances.write(pause)
      added.clear()
      taken.clear()
    },
    forget: () => {
      added.clear()
      taken.clear()
      balances.forget()
    },
  }
}

function createBalances(writer: Sqlite.Database) {
  const changes = new Map<number, Map<number, bigint>>()
  const find = writer
    .prepare<[number, number], Buffer>('select amount from balances where account = ? and currency = ?')
    .pluck()
  const put = writer.prepare('insert or replace into balances values (?, ?, ?)')
  const remove = writer.prepare('delete from balances where account = ? and currency = ?')
  return {
    change: (account: number, currency: number, amount: bigint) => {
      const ofAccount = changes.get(account) ?? new Map<number, bigint>()
      ofAccount.set(currency, (ofAccount.get(currency) ?? 0n) + amount)
      changes.set(account, ofAccount)
    },
    write: async (pause: () => Promise<void>) => {
      let written = 0
      for (const account of [...changes.keys()].sort((left, right) => left - right)) {
        for (const [currency, change] of changes.get(account) ?? []) {
          const before = find.get(account, currency)
          const amount = (before ? decodeAmount(before) : 0n) + change
          if (amount > 0n) put.run(account, currency, encodeAmount(amount))
          else remove.run(account, currency)
        }
        if (++written % AT_ONCE === 0) await pause()
      }
      changes.clear()
    },
    forget: () => {
      changes.clear()
    },
  }
}

function byOwner(left: Coin, right: Coin): number {
  return left.account - right.account || left.output - right.output
}

function byAmount(left: Coin, right: Coin): number {
  return (
    left.account - right.account ||
    left.currency - right.currency ||
    Buffer.compare(left.amount, right.amount) ||
    left.output - right.output
  )
}
