import type { RootChain } from './root-chain.ts'
import type { Milestone } from './snapshot.ts'
import type { Sight } from './take-snapshot.ts'

/** Reads the root chain one range further. */
type ReadRange = () => Promise<{ head: Sight['head']; complete: boolean }>

/** What was last seen of the root chain, and whether anything is seen at all. */
export type Eyes = {
  /** Reads up to the head. */
  look: (readRange: ReadRange) => Promise<void>
  /** Undefined while only a part of the past is known. */
  sight: () => Sight | undefined
  areShut: () => boolean
}

/** As many looks in a row must fail. */
const BLIND_AFTER = 3
const CHILD_BLOCK_INTERVAL = 1_000n

export function createEyes(rootChain: RootChain): Eyes {
  let failures = 0
  let sight: Sight | undefined

  /** Between two ranges of one reading, half a past is known: nothing is judged then. */
  async function readOn(readRange: ReadRange): Promise<Sight['head']> {
    for (;;) {
      const { head, complete } = await readRange()
      if (complete) return head
      sight = undefined
    }
  }

  return {
    sight: () => sight,
    areShut: () => failures >= BLIND_AFTER,
    look: async (readRange) => {
      try {
        const head = await readOn(readRange)
        if (sight?.head.hash !== head.hash) sight = { head, mined: await readMined(rootChain) }
        failures = 0
      } catch (error) {
        failures++
        throw error
      }
    },
  }
}

async function readMined(rootChain: RootChain): Promise<Milestone | undefined> {
  const blknum = (await rootChain.nextChildBlock()) - CHILD_BLOCK_INTERVAL
  const submitted = blknum > 0n ? await rootChain.submittedBlock(blknum) : undefined
  return submitted && { blknum, timestamp: submitted.timestamp }
}
