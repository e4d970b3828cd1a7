import type Sqlite from 'better-sqlite3'
import type { Hash } from '../plasma/units.ts'
import type { IndexAddresses } from './index-addresses.ts'
import type { FeedDeposit, LedgerFeed } from './index-feed.ts'
import type { IndexOutputs } from './index-outputs.ts'
import { firstPlaceIn, PIECES } from './keys.ts'

export type IndexDeposits = {
  /** A deposit, the last one, that the root chain does not know any more. */
  stale: () => number | undefined
  undo: (block: number) => void
  /** The next ones. They count as taken in when they are added. */
  news: () => readonly FeedDeposit[]
  add: (deposits: readonly FeedDeposit[]) => void
}

type Parts = { feed: LedgerFeed; addresses: IndexAddresses; outputs: IndexOutputs }
type LastRow = { id: number; block: number; eth_hash: string }

/** Writes what came from the root chain. */
export function createIndexDeposits(writer: Sqlite.Database, { feed, addresses, outputs }: Parts): IndexDeposits {
  const last = writer.prepare<[], LastRow>('select id, block, eth_hash from deposits order by block desc limit 1')
  const insert = writer.prepare('insert into deposits values (?, ?, ?, ?, ?, ?, ?, ?)')
  const isKnown = writer.prepare<[number], number>('select 1 from deposits where block = ?').pluck()
  const remove = writer.prepare('delete from deposits where block = ?')
  const dropExits = writer.prepare('delete from exits where output >= ? and output < ?')
  /** The last event that was looked at, also where it brought nothing that the ledger could read. */
  let seen: { id: number; ethHash: Hash } | undefined

  function lastSeen(): number {
    if (seen && feed.hashOfEvent(seen.id) !== seen.ethHash) seen = undefined
    return Math.max(seen?.id ?? 0, last.get()?.id ?? 0)
  }

  function addOne({ id, block, ethHeight, ethHash, txHash, logIndex, timestamp, output }: FeedDeposit): void {
    if (!output || isKnown.get(block) !== undefined) return
    outputs.create(firstPlaceIn(block) * PIECES, output)
    insert.run(block, id, addresses.idOf(output.owner), ethHeight, ethHash, txHash, logIndex, timestamp)
  }

  return {
    stale: () => {
      const row = last.get()
      return row && feed.hashOfEvent(row.id) !== row.eth_hash ? row.block : undefined
    },
    undo: (block) => {
      const [from, before] = [firstPlaceIn(block) * PIECES, firstPlaceIn(block + 1) * PIECES]
      outputs.remove(from, before)
      dropExits.run(from, before)
      remove.run(block)
      seen = undefined
    },
    news: () => feed.depositsAfter(lastSeen()),
    add: (deposits) => {
      for (const deposit of deposits) addOne(deposit)
      seen = deposits.at(-1) ?? seen
    },
  }
}
