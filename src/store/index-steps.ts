import { setImmediate as giveWay } from 'node:timers/promises'
import type Sqlite from 'better-sqlite3'
import type { HashOf } from '../plasma/transaction.ts'
import { createIndexAddresses } from './index-addresses.ts'
import { createIndexBlocks } from './index-blocks.ts'
import { createIndexDeposits } from './index-deposits.ts'
import { createIndexExits } from './index-exits.ts'
import type { LedgerFeed } from './index-feed.ts'
import { createIndexOutputs } from './index-outputs.ts'
import { createIndexPurses } from './index-purses.ts'

export type IndexSteps = {
  /** Takes the next step towards the ledger, whole or not at all. False when there is none. */
  next: () => Promise<boolean>
}

type Parts = { writer: Sqlite.Database; feed: LedgerFeed; hashOf: HashOf }
type BlockRow = { block: number; root: string; eth_hash: string }
type Step = () => Promise<void> | void

/**
 * What was taken back is undone first, from the newest on; deposits come before the blocks that may spend them, exits
 * when everything is there that they can take.
 */
export function createIndexSteps({ writer, feed, hashOf }: Parts): IndexSteps {
  const addresses = createIndexAddresses(writer)
  const purses = createIndexPurses(writer)
  const outputs = createIndexOutputs(writer, { addresses, purses })
  const blocks = createIndexBlocks(writer, { feed, outputs, hashOf })
  const deposits = createIndexDeposits(writer, { feed, addresses, outputs })
  const exits = createIndexExits(writer, { feed, outputs })
  const whole = wholeOrNothing(writer, { write: () => purses.write(giveWay), forget })
  const lastBlock = writer.prepare<[], BlockRow>('select block, root, eth_hash from blocks order by block desc limit 1')

  function forget(): void {
    addresses.forget()
    purses.forget()
  }

  function isStale(last: BlockRow): boolean {
    const there = feed.block(last.block)
    return there?.root !== last.root || there.ethHash !== last.eth_hash
  }

  /** A step back, where the ledger has gone back. */
  function back(last: BlockRow | undefined): Step | undefined {
    if (last && isStale(last)) return () => blocks.undo(last.block, giveWay)
    const deposit = deposits.stale()
    if (deposit === undefined) return undefined
    return () => {
      deposits.undo(deposit)
    }
  }

  function forward(last: BlockRow | undefined): Step | undefined {
    const news = deposits.news()
    if (news.length > 0) {
      return () => {
        deposits.add(news)
      }
    }
    const block = feed.blockAfter(last?.block ?? 0)
    if (block) return () => blocks.add(block, giveWay)
    return exits.isBehind() ? exits.write : undefined
  }

  return {
    next: async () => {
      const last = lastBlock.get()
      const step = back(last) ?? forward(last)
      if (step) await whole(step)
      return step !== undefined
    },
  }
}

/** Takes a step in a transaction. When it fails, so does all that was gathered on its way. */
function wholeOrNothing(writer: Sqlite.Database, gathered: { write: () => Promise<void>; forget: () => void }) {
  return async (step: Step): Promise<void> => {
    writer.exec('begin immediate')
    try {
      await step()
      await gathered.write()
      writer.exec('commit')
    } catch (error) {
      if (writer.inTransaction) writer.exec('rollback')
      gathered.forget()
      throw error
    }
  }
}
