import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { toHex } from '../../src/lib/bytes.ts'
import type { Hash, Timestamp, UtxoPos } from '../../src/plasma/units.ts'
import type { Announced, Draft } from '../../src/watcher/facts.ts'
import { alice, bob } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { apply, isStep, place, readingOf, tell, type Chapter, type Wish } from './story.ts'
import { contentOf, openStore, type Store } from './stores.ts'

let store: Store
beforeEach(() => {
  store = openStore()
})
afterEach(() => {
  store.discard()
})

const deposits: Wish = { to: 'deposit', owner: 0, amount: 9 }
const submits: Wish = { to: 'submit', payments: [{ coin: 0, second: undefined, owner: 1 }] }
const exits: Wish = { to: 'exit', coin: 0 }

function storyOf(...wishes: readonly Wish[]): Chapter[] {
  const chapters: Chapter[] = []
  for (const wish of wishes) chapters.push(tell(chapters, wish, 0))
  return chapters
}

function read(...chapters: readonly Chapter[]): Promise<void> {
  return store.facts.write((draft) => {
    draft.add(readingOf(chapters))
  })
}

function blockIn(chapters: readonly Chapter[]): Chapter & { event: Announced['event'] } {
  const found = chapters.find((chapter) => 'transactions' in chapter)
  if (!found) throw new Error('No block')
  return found
}

describe('what was read', () => {
  test('comes back as it was, in the order of the chain', async () => {
    const chapters = storyOf(deposits, submits, exits, deposits)
    await read(...chapters)
    const { facts } = store
    const events = chapters.map(({ event }) => event)

    expect(facts.eventsFrom(0n)).toEqual(events)
    expect(facts.eventsFrom(3n)).toEqual(events.slice(2))
    expect(facts.exitGameEvents()).toEqual([events[2]])
    expect(facts.exitGameEvents(1)).toEqual([])
    expect(facts.ahead()).toEqual([events[1], events[2]])
    expect(facts.ahead(1)).toEqual([events[1]])
    expect(facts.tips()).toEqual([readingOf(chapters).tip])
  })

  test('tells the time of blocks and deposits, applied or not', async () => {
    const chapters = storyOf(deposits, submits)
    await read(...chapters)
    const { root, event } = blockIn(chapters) as Extract<Chapter, { root: Hash }>

    expect(store.facts.submitted(1000n)).toEqual({ root, timestamp: event.timestamp })
    expect(store.facts.timeOf(1000n)).toBe(event.timestamp)
    expect(store.facts.timeOf(1n)).toBe(chapters[0]?.event.timestamp)
    for (const blknum of [2n, 2000n, 2n ** 200n]) {
      expect(store.facts.timeOf(blknum)).toBeUndefined()
      expect(store.facts.submitted(blknum)).toBeUndefined()
    }
  })

  test('is remembered for the last 1,000 readings', async () => {
    for (let height = 1; height <= 1_003; height++) await read(emptyAt(height))
    const tips = store.facts.tips()

    expect(tips).toHaveLength(1_000)
    expect([tips[0]?.number, tips.at(-1)?.number]).toEqual([4n, 1_003n])
  }, 120_000)

  test('but could not be completed is replaced by what a later reading says of the same blocks', async () => {
    const log = (blockNumber: bigint) => ({ blockNumber, txHash: place(1, 0).blockHash, what: 'ExitStarted' })
    await store.facts.write((draft) => {
      draft.add({ ...readingOf(storyOf(deposits)), events: [], unreadable: [log(1n), log(5n)] })
    })
    await store.facts.write((draft) => {
      draft.add({ ...readingOf(storyOf(deposits)), from: 5n, events: [], unreadable: [log(6n)] })
    })
    expect(store.facts.unreadable()).toEqual([log(1n), log(6n)])
    await store.facts.write((draft) => {
      draft.dropAbove(3n)
    })
    expect(store.facts.unreadable()).toEqual([log(1n)])
  })

  /** A reading at a height that brings nothing but the deposit there. */
  function emptyAt(height: number): Chapter {
    const { blockNumber, blockHash, timestamp, occurrence } = place(height, 0)
    const [deposit] = storyOf(deposits)
    if (!deposit) throw new Error('No deposit')
    return { event: { ...deposit.event, blockNumber, blockHash, timestamp, occurrence } } as Chapter
  }
})

describe('the ledger', () => {
  test('moves on by the order of the chain, and by no other', async () => {
    const chapters = storyOf(deposits, submits, exits, submits)
    await read(...chapters)
    const [, first, payout, second] = chapters as [Chapter, Chapter, Chapter, Chapter]

    for (const early of [payout, second]) await expect(apply(store.facts, early)).rejects.toThrow('next')
    await apply(store.facts, first)
    expect(store.facts.ahead()).toEqual([payout.event, second.event])
    await expect(apply(store.facts, first)).rejects.toThrow('next')
    await apply(store.facts, payout)
    await apply(store.facts, second)
    expect(store.facts.ahead()).toEqual([])
    expect(store.facts.applied()).toMatchObject({ blknum: 2000n, event: second.event })
  })

  test('takes a block whole or not at all', async () => {
    const chapters = storyOf(deposits, submits)
    await read(...chapters)
    const before = contentOf(store.database)
    const { event, root, transactions } = blockIn(chapters) as Extract<Chapter, { root: Hash }>
    const announced = { blknum: 1000n, root, submittedAt: event.timestamp, event }
    const write = (draft: Draft) => {
      for (const [txIndex, each] of transactions.entries()) draft.transaction({ blknum: 1000n, txIndex }, each)
    }

    await expect(store.facts.write(write)).rejects.toThrow(RangeError)
    await expect(
      store.facts.write((draft) => {
        write(draft)
        draft.block(announced, { transactions: 2, nodes: new Uint8Array(32) })
      }),
    ).rejects.toThrow(RangeError)
    await expect(
      store.facts.write((draft) => {
        write(draft)
        draft.block(announced, { transactions: 1, nodes: new Uint8Array(64) })
      }),
    ).rejects.toThrow(RangeError)
    await expect(
      store.facts.write((draft) => {
        draft.transaction({ blknum: 1000n, txIndex: 1 }, transactions[0] as never)
      }),
    ).rejects.toThrow(RangeError)
    expect(contentOf(store.database)).toEqual(before)
  })

  test('has deposits ahead of everything, whatever it waits for', async () => {
    await read(...storyOf(submits, deposits))

    expect(store.facts.ledger.get(at(1001n))).toMatchObject({ amount: 9n, owner: alice.address })
    expect([...store.facts.ledger.unspentOf(alice.address)]).toHaveLength(1)
  })
})

describe('a write', () => {
  test('is seen by others when it is whole; its own ledger sees what it has written', async () => {
    const chapters = storyOf(deposits, submits)
    await read(...chapters)
    const { event, root, transactions } = blockIn(chapters) as Extract<Chapter, { root: Hash }>
    const writing = store.facts.write(async (draft) => {
      for (const [txIndex, each] of transactions.entries()) draft.transaction({ blknum: 1000n, txIndex }, each)
      await sleep(20)
      expect(draft.ledger.get(at(1n))).toBeUndefined()
      expect(draft.ledger.get(at(1000n))).toBeDefined()
      draft.block(
        { blknum: 1000n, root, submittedAt: event.timestamp, event },
        { transactions: 1, nodes: new Uint8Array(32) },
      )
    })
    await sleep(5)
    expect(store.facts.ledger.get(at(1n))).toBeDefined()
    expect(store.facts.ledger.get(at(1000n))).toBeUndefined()
    expect(store.facts.ledger.nextBlknum()).toBe(1000n)
    await writing
    expect(store.facts.ledger.get(at(1n))).toBeUndefined()
    expect(store.facts.ledger.nextBlknum()).toBe(2000n)
  })

  test('waits for the one before it, and for one that failed', async () => {
    const order: string[] = []
    const first = store.facts.write(async () => {
      order.push('first')
      await sleep(10)
      throw new Error('no')
    })
    const second = store.facts.write(() => order.push('second'))

    await expect(first).rejects.toThrow('no')
    expect(await second).toBe(2)
    expect(order).toEqual(['first', 'second'])
  })

  test('that was undone, or threw, leaves nothing', async () => {
    const before = contentOf(store.database)
    const reading = readingOf(storyOf(deposits))
    const said = await store.facts.write((draft) => {
      draft.add(reading)
      draft.undo()
      return 'nothing'
    })
    await expect(
      store.facts.write((draft) => {
        draft.add(reading)
        throw new Error('no')
      }),
    ).rejects.toThrow('no')

    expect(said).toBe('nothing')
    expect(contentOf(store.database)).toEqual(before)
    expect([store.facts.revision(), store.facts.generation()]).toEqual([0, 0])
  })

  test('in which a step failed leaves nothing, even when its work overlooks that', async () => {
    const chapters = storyOf(deposits, submits)
    const block = blockIn(chapters) as Extract<Chapter, { root: Hash }>
    const failing = store.facts.write((draft) => {
      draft.add(readingOf(chapters))
      try {
        draft.exit(block.event, [at(1n)])
        draft.exit(block.event, [at(1n)])
      } catch {
        // Overlooked.
      }
    })

    await expect(failing).rejects.toThrow(RangeError)
    expect(store.facts.eventsFrom(0n)).toEqual([])
  })

  test('that is over can do nothing more', async () => {
    let kept: Draft | undefined
    await store.facts.write((draft) => {
      kept = draft
    })
    expect(() => kept?.add(readingOf(storyOf(deposits)))).toThrow(RangeError)
    expect(store.facts.eventsFrom(0n)).toEqual([])
  })
})

describe('numbers that tell of changes', () => {
  test('stand as long as every answer stands', async () => {
    const { facts } = store
    const chapters = storyOf(deposits, submits)
    await read(...chapters)
    const revision = facts.revision()
    await facts.write((draft) => {
      draft.add({ ...readingOf(chapters), from: 3n, events: [] })
      draft.dropAbove(1_000n)
      draft.found({ blknum: 1000n, root: place(1, 0).blockHash })
      draft.sight([])
    })
    expect([facts.revision(), facts.generation()]).toEqual([revision, 0])
    await apply(facts, blockIn(chapters))
    expect(facts.revision()).toBeGreaterThan(revision)
  })

  test('say when something was taken back', async () => {
    const { facts } = store
    await read(...storyOf(deposits, submits))
    await facts.write((draft) => {
      draft.dropAbove(1n)
    })
    expect(facts.generation()).toBe(1)
    await facts.write((draft) => {
      draft.dropAbove(1n)
    })
    expect(facts.generation()).toBe(1)
  })
})

describe('what stands outside applied blocks', () => {
  const toBob = payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 9n)])

  test('signed transactions are kept once, by what they spend', async () => {
    const toSelf = payment(
      [
        { utxoPos: at(1n), signer: alice },
        { utxoPos: (2n ** 256n - 1n) as UtxoPos, signer: alice },
      ],
      [pay(alice, 9n)],
    )
    await store.facts.write((draft) => {
      draft.sight([toBob.bytes, toSelf.bytes, toBob.bytes, new Uint8Array(3)])
    })
    await store.facts.write((draft) => {
      draft.sight([toBob.bytes])
    })

    expect(store.facts.sightings(at(1n)).map(toHex)).toEqual([toBob, toSelf].map(({ bytes }) => toHex(bytes)))
    expect(store.facts.sightings(at(2n))).toEqual([])
    expect(store.facts.sightings((2n ** 256n - 1n) as UtxoPos)).toEqual([])
  })

  test('those of blocks that were taken back are kept', async () => {
    const chapters = storyOf(deposits, submits, exits)
    await read(...chapters)
    for (const chapter of chapters.filter(isStep)) await apply(store.facts, chapter)
    const { transactions } = blockIn(chapters) as Extract<Chapter, { root: Hash }>
    await store.facts.write((draft) => {
      draft.dropAbove(1n)
    })

    expect(store.facts.sightings(at(1n)).map(toHex)).toEqual(transactions.map(({ bytes }) => toHex(bytes)))
    expect(store.facts.ledger.get(at(1n))).toMatchObject({ amount: 9n })
    expect(store.facts.applied()).toBeUndefined()
  })

  test('a missing block is missing since the first time, until it is found', async () => {
    const wanted = { blknum: 1000n, root: place(1, 0).blockHash }
    const other = { blknum: 1000n, root: place(2, 0).blockHash }
    for (const since of [5n, 9n]) {
      await store.facts.write((draft) => {
        draft.missing(wanted, since as Timestamp)
      })
    }
    expect([store.facts.missingSince(wanted), store.facts.missingSince(other)]).toEqual([5n, undefined])
    await store.facts.write((draft) => {
      draft.found(wanted)
    })
    expect(store.facts.missingSince(wanted)).toBeUndefined()
  })

  test('a rejected block is kept as it was served, nonsense and all', async () => {
    const wanted = { blknum: 1000n, root: place(1, 0).blockHash }
    const transactions = [toBob.bytes, new Uint8Array(0), Uint8Array.of(1, 2)]
    const served = { hash: place(2, 0).blockHash, blknum: 2n ** 100n, transactions }
    await store.facts.write((draft) => {
      draft.reject(wanted, served)
    })

    expect(store.facts.rejected(wanted)).toEqual(served)
    expect(store.facts.rejected({ ...wanted, blknum: 2000n })).toBeUndefined()
  })
})
