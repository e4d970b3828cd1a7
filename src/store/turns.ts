import type Sqlite from 'better-sqlite3'
import { storeFault } from './store-fault.ts'

/** What became of some work. `kept` is called when it is on disk, and before anybody can look at it. */
type Done<Result> = { keep: boolean; kept?: () => void; result: Result }

/** Waits for its turn, runs work inside a transaction, and keeps what it wrote or does not. What it throws is thrown. */
export type InTurn = <Result>(work: () => Promise<Done<Result>>) => Promise<Result>

/** Lets one write follow the other on a connection. */
export function createTurns(writer: Sqlite.Database): InTurn {
  let turn: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = turn.then(() => transact(writer, work))
    turn = mine.catch(() => {})
    return mine
  }
}

async function transact<Result>(writer: Sqlite.Database, work: () => Promise<Done<Result>>): Promise<Result> {
  try {
    writer.exec('begin immediate')
    const { keep, kept, result } = await work()
    writer.exec(keep ? 'commit' : 'rollback')
    if (keep) kept?.()
    return result
  } catch (error) {
    // A full disk may have ended it already.
    if (writer.open && writer.inTransaction) writer.exec('rollback')
    throw storeFault(error)
  }
}
