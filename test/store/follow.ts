import type { Facts } from '../../src/watcher/facts.ts'
import { apply, readingOf, tell, type Chapter, type Wish } from './story.ts'

/** Where a root chain that is told twice begins to differ from what was told first. */
const FORK_AT = 25
const LENGTH = 60

/** A long story, the same in every run: several root chains that share their beginning. */
export function storyOf(fork: number): readonly Chapter[] {
  const chapters = stories.get(fork) ?? []
  stories.set(fork, chapters)
  for (let height = chapters.length + 1; height <= LENGTH; height++) {
    const told = height > FORK_AT ? fork : 0
    chapters.push(tell(chapters, wishAt(height * 31 + told * 7), told))
  }
  return chapters
}

const stories = new Map<number, Chapter[]>()

function wishAt(seed: number): Wish {
  if (seed % 5 === 0) return { to: 'exit', coin: seed }
  if (seed % 3 === 0) return { to: 'deposit', owner: seed, amount: 20 + (seed % 50) }
  const count = 1 + (seed % 12)
  const payments = Array.from({ length: count }, (_, index) => ({
    coin: seed * (index + 1),
    second: (seed + index) % 4 === 0 ? seed + index : undefined,
    owner: seed + index,
  }))
  return { to: 'submit', payments }
}

/** Brings facts to the end of a story from wherever they stand, and calls `pause` between any two things that it does. */
export async function follow(facts: Facts, chapters: readonly Chapter[], pause: () => void): Promise<void> {
  const standing = facts.tips().filter(({ number, hash }) => chapters[Number(number) - 1]?.event.blockHash === hash)
  const height = standing.at(-1)?.number ?? 0n
  if (facts.tips().at(-1)?.number !== standing.at(-1)?.number) {
    await facts.write((draft) => {
      draft.dropAbove(height)
      pause()
    })
  }
  for (let at = Number(height); at < chapters.length; at += 3) {
    await catchUp(facts, chapters, pause)
    const next = chapters.slice(at, at + 3)
    await facts.write((draft) => {
      draft.add(readingOf(next))
      pause()
    })
    pause()
  }
  await catchUp(facts, chapters, pause)
}

async function catchUp(facts: Facts, chapters: readonly Chapter[], pause: () => void): Promise<void> {
  for (const { blockNumber } of facts.ahead()) {
    const chapter = chapters[Number(blockNumber) - 1]
    if (!chapter) throw new Error(`Nothing at ${blockNumber}`)
    await apply(pausing(facts, pause), chapter)
    pause()
  }
}

/** Pauses in the middle of what is written as well. */
function pausing({ write }: Pick<Facts, 'write'>, pause: () => void): Pick<Facts, 'write'> {
  return {
    write: (work) =>
      write((draft) =>
        work({
          ...draft,
          transaction: (place, transaction) => {
            draft.transaction(place, transaction)
            if (place.txIndex % 4 === 0) pause()
          },
        }),
      ),
  }
}
