import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { UtxoPos } from '../../src/plasma/units.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { apply, isStep, people, readingOf, tell, type Chapter, type Wish } from './story.ts'
import { contentOf, openStore, type Store } from './stores.ts'

const small = fc.nat({ max: 1_000 })
const wish: fc.Arbitrary<Wish> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      to: fc.constant('deposit' as const),
      owner: small,
      amount: fc.integer({ min: 1, max: 50 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      to: fc.constant('submit' as const),
      payments: fc.array(fc.record({ coin: small, second: fc.option(small, { nil: undefined }), owner: small }), {
        maxLength: 6,
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ to: fc.constant('exit' as const), coin: small }) },
)
/** `lag`: the ledger waits for a while. `back`: so many root chain blocks are taken back first. */
const move = fc.record({
  wish,
  lag: fc.boolean(),
  back: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 12 }) }),
})

type Move = { wish: Wish; lag: boolean; back: number }

/** Plays the moves, and says what the root chain holds in the end. */
async function play({ facts }: Store, moves: readonly Move[]): Promise<{ chapters: Chapter[]; gone: Chapter[] }> {
  const gone: Chapter[] = []
  let chapters: Chapter[] = []
  let waiting: Chapter[] = []
  for (const [fork, { wish, lag, back }] of moves.entries()) {
    if (back > 0) {
      const height = chapters.length - back
      await facts.write((draft) => {
        draft.dropAbove(BigInt(height))
      })
      gone.push(...chapters.slice(Math.max(height, 0)).filter((chapter) => !waiting.includes(chapter)))
      chapters = chapters.slice(0, Math.max(height, 0))
      waiting = waiting.filter((chapter) => chapters.includes(chapter))
    }
    const chapter = tell(chapters, wish, fork % 16)
    await facts.write((draft) => {
      draft.add(readingOf([chapter]))
    })
    chapters.push(chapter)
    if (isStep(chapter)) waiting.push(chapter)
    if (!lag) for (const next of waiting.splice(0)) await apply(facts, next)
  }
  for (const next of waiting) await apply(facts, next)
  return { chapters, gone }
}

async function playOnce({ facts }: Store, chapters: readonly Chapter[]): Promise<void> {
  for (const chapter of chapters) {
    await facts.write((draft) => {
      draft.add(readingOf([chapter]))
    })
    if (isStep(chapter)) await apply(facts, chapter)
  }
}

function coinsIn({ facts: { ledger } }: Store): UtxoPos[][] {
  return people.map(({ address }) => [...ledger.unspentOf(address)].map(([utxoPos]) => utxoPos))
}

/** The unspent outputs of each person, from the rows alone. */
function coinsByRows({ database: { reader }, facts: { ledger } }: Store): UtxoPos[][] {
  const places = reader.prepare<[], number>('select place from outputs order by place').pluck().all()
  const all = places.flatMap((key) => [0, 1, 2, 3].map((index) => positionOf(key, index)))
  return people.map(({ address }) => all.filter((utxoPos) => ledger.get(utxoPos)?.owner === address))
}

function positionOf(place: number, index: number): UtxoPos {
  const blknum = Math.floor(place / 65_536)
  return (BigInt(blknum) * 1_000_000_000n + BigInt((place % 65_536) * 10_000 + index)) as UtxoPos
}

test('a store that was led astray holds what one holds that was not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 40 }), async (moves) => {
      const astray = openStore()
      const straight = openStore()
      try {
        const { chapters, gone } = await play(astray, moves)
        await playOnce(straight, chapters)

        expect(contentOf(astray.database)).toEqual(contentOf(straight.database))
        expect(coinsIn(astray)).toEqual(coinsIn(straight))
        expect(coinsIn(astray)).toEqual(coinsByRows(astray))
        expect(astray.facts.applied()).toEqual(straight.facts.applied())
        expect(astray.facts.ahead()).toEqual([])
        // Whatever became of their blocks, signatures stay.
        for (const chapter of gone) {
          for (const { bytes, transaction } of 'transactions' in chapter ? chapter.transactions : []) {
            for (const input of transaction.inputs)
              expect(astray.facts.sightings(input).map(toHex)).toContain(toHex(bytes))
          }
        }
      } finally {
        astray.discard()
        straight.discard()
      }
    }),
    { numRuns: 25 },
  )
})
