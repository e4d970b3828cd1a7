import type { ExitGameEvent, LedgerEvent } from '../exit-game/contract-event.ts'
import type { Head, SubmittedBlock, UnreadableEvent } from './root-chain.ts'

/** Everything the contracts say. */
export type ChainEvent = ExitGameEvent | LedgerEvent

/** What one reading of the root chain brought, from block `from` to block `tip`. */
export type Reading = {
  from: bigint
  tip: Head
  events: readonly ChainEvent[]
  unreadable: readonly UnreadableEvent[]
  /** The framework's record of every child block that the events submit. */
  submitted: ReadonlyMap<bigint, SubmittedBlock>
}

/**
 * What was read of the root chain, in its order; conclusions stand elsewhere and can be drawn again from here.
 * Every fact above a height can be taken back.
 */
export type Facts = {
  /** The last blocks of the readings, oldest first. */
  tips: () => readonly Head[]
  events: () => readonly ChainEvent[]
  unreadable: () => readonly UnreadableEvent[]
  submitted: (blknum: bigint) => SubmittedBlock | undefined
  /** Grows whenever an event is taken back: what was concluded before must be concluded again. */
  generation: () => number
  add: (reading: Reading) => void
  /** Forgets all that stands above a height. */
  dropAbove: (height: bigint) => void
}

/** As many readings back as a reorganisation is looked for; a deeper one reads the chain again from the start. */
const TIPS = 1_000

/** Facts that live as long as the process. */
export function createFacts(): Facts {
  let tips: Head[] = []
  let events: ChainEvent[] = []
  let unreadable: UnreadableEvent[] = []
  let generation = 0
  const submitted = new Map<bigint, SubmittedBlock>()
  return {
    tips: () => tips,
    events: () => events,
    unreadable: () => unreadable,
    submitted: (blknum) => submitted.get(blknum),
    generation: () => generation,
    add: (reading) => {
      tips = [...tips, reading.tip].slice(-TIPS)
      for (const event of reading.events) events.push(event)
      unreadable = unreadable.filter(({ blockNumber }) => blockNumber < reading.from).concat(reading.unreadable)
      for (const [blknum, block] of reading.submitted) submitted.set(blknum, block)
    },
    dropAbove: (height) => {
      tips = tips.filter(({ number }) => number <= height)
      const kept: ChainEvent[] = []
      for (const event of events) {
        if (event.blockNumber <= height) kept.push(event)
        else if (event.type === 'BlockSubmitted') submitted.delete(event.blknum)
      }
      if (kept.length < events.length) generation++
      events = kept
      unreadable = unreadable.filter(({ blockNumber }) => blockNumber <= height)
    },
  }
}
