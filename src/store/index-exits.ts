import type Sqlite from 'better-sqlite3'
import type { LedgerFeed } from './index-feed.ts'
import { BY_EXIT, type IndexOutputs } from './index-outputs.ts'

/** Keeps what exits took as the ledger has it. */
export type IndexExits = {
  /** Whether anything is to be written. */
  isBehind: () => boolean
  write: () => void
}

type Parts = { feed: LedgerFeed; outputs: IndexOutputs }

/** What exits took. To be written when the blocks are: an exit takes an output that is there. */
export function createIndexExits(writer: Sqlite.Database, { feed, outputs }: Parts): IndexExits {
  const count = writer.prepare<[], number>('select count(*) from exits').pluck()
  const highest = writer.prepare<[], number | null>('select max(height) from exits').pluck()
  const known = writer.prepare<[number], number>('select height from exits where output = ?').pluck()
  const all = writer.prepare<[], { output: number; height: number }>('select output, height from exits')
  const insert = writer.prepare('insert into exits values (?, ?)')
  const remove = writer.prepare('delete from exits where output = ?')

  function takeFrom(from: number): void {
    for (const { output, height } of feed.exitsFrom(from)) {
      if (known.get(output) !== undefined) continue
      outputs.spend(output, BY_EXIT)
      insert.run(output, height)
    }
  }

  /** After a reorganisation: gives back whatever the ledger has given back. */
  function giveBack(): void {
    const taken = new Map(feed.exitsFrom(0).map(({ output, height }) => [output, height]))
    for (const { output, height } of all.all()) {
      if (taken.get(output) === height) continue
      outputs.restore(output, BY_EXIT)
      remove.run(output)
    }
  }

  const isBehind = () => count.get() !== feed.exitCount()
  return {
    isBehind,
    write: () => {
      takeFrom(highest.get() ?? 0)
      if (!isBehind()) return
      giveBack()
      takeFrom(0)
    },
  }
}
