import type Sqlite from 'better-sqlite3'
import type { LedgerEvent } from '../exit-game/contract-event.ts'
import type { Reading } from '../watcher/facts.ts'
import type { SubmittedBlock } from '../watcher/root-chain.ts'
import { blockKey } from './keys.ts'
import { encodePayload } from './payload.ts'

export type RootChainWrites = {
  /** Returns how many rows of {@link Reading.tip}s were touched, by which nothing changes. */
  add: (reading: Reading) => number
  /** Returns how many events and tips were dropped. The cursor stays on a step that is there. */
  dropAbove: (height: bigint) => { events: number; tips: number }
  /** Moves the cursor on to an event. */
  moveTo: (event: number) => void
}

/** As many readings back as a reorganisation is looked for; a deeper one reads the chain again from the start. */
const TIPS = 1_000

/** Writes what was read of the root chain. */
export function createRootChainWrites(database: Sqlite.Database): RootChainWrites {
  const tip = database.prepare('insert or replace into tips values (?, ?, ?)')
  const trim = database.prepare(
    `delete from tips where number <= (select number from tips order by number desc limit 1 offset ${TIPS})`,
  )
  const event = database.prepare('insert into events (height, type, payload) values (?, ?, ?)')
  const forgetUnreadable = database.prepare('delete from unreadable where height >= ?')
  const unreadable = database.prepare('insert into unreadable (height, tx_hash, what) values (?, ?, ?)')
  const submission = database.prepare('insert or replace into submissions values (?, ?, ?, ?)')
  const drops = ['events', 'unreadable', 'submissions'].map((table) =>
    database.prepare(`delete from ${table} where height > ?`),
  )
  const dropTips = database.prepare('delete from tips where number > ?')
  const move = database.prepare(`insert or replace into meta values ('cursor', ?)`)
  const moveBack = database.prepare(`update meta set value = (
    select coalesce(max(id), 0) from events
    where type in ('BlockSubmitted', 'ExitFinalized', 'InFlightExitWithdrawn') and id <= cast(value as integer)
  ) where name = 'cursor'`)

  function submit(submitted: BlockSubmitted, block: SubmittedBlock | undefined): void {
    const key = blockKey(submitted.blknum)
    if (key !== undefined && block) submission.run(key, block.root, block.timestamp, submitted.blockNumber)
  }

  return {
    add: (reading) => {
      for (const each of reading.events) {
        event.run(each.blockNumber, each.type, encodePayload(each))
        if (each.type === 'BlockSubmitted') submit(each, reading.submitted.get(each.blknum))
      }
      forgetUnreadable.run(reading.from)
      for (const { blockNumber, txHash, what } of reading.unreadable) unreadable.run(blockNumber, txHash, what)
      const { number, hash, timestamp } = reading.tip
      return tip.run(number, hash, timestamp).changes + trim.run().changes
    },
    dropAbove: (height) => {
      const tips = dropTips.run(height).changes
      const [events = 0] = drops.map((drop) => drop.run(height).changes)
      if (events > 0) moveBack.run()
      return { events, tips }
    },
    moveTo: (id) => {
      move.run(String(id))
    },
  }
}

type BlockSubmitted = Extract<LedgerEvent, { type: 'BlockSubmitted' }>
