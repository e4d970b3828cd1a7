import type { LogEntry } from './shapes.ts'

const STEP = 10_000n
/** About two months of blocks: an exit is processed, or could be, after one to two weeks. */
const FURTHEST = 400_000n

type Search = {
  head: bigint
  read: (range: { from: bigint; to: bigint }) => Promise<readonly LogEntry[]>
  /** Whether what was found so far, oldest first, holds what is looked for, or shows that it is not there. */
  enough: (found: readonly LogEntry[]) => boolean
}

/** Reads logs backwards from the head, step by step, until there are enough. Gives all that was read, oldest first. */
export async function searchBack({ head, read, enough }: Search): Promise<readonly LogEntry[]> {
  const end = head > FURTHEST ? head - FURTHEST : 0n
  let found: readonly LogEntry[] = []
  for (let to = head; to >= end; to -= STEP) {
    const from = to - STEP + 1n > end ? to - STEP + 1n : end
    found = [...(await read({ from, to })), ...found]
    if (enough(found)) break
  }
  return found
}
