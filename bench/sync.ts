import { createEnds } from '../devnet/drill/ends.ts'
import { loadTools } from '../src/verifier/tools.ts'
import type { Bench } from './bench.ts'
import { recoverFloor } from './recover-floor.ts'
import { openSyncChain, type SyncChain } from './sync-chain.ts'
import { startWatching, type Watching } from './watching.ts'

/** In blocks: a quarter, a half and a whole million of payments. */
const LENGTHS = [4, 8, 16] as const
const BLOCK = Number(process.env['SYNC_BLOCK'] ?? 65_000)

/**
 * `plasma-guard watch` with an empty store against a devnet whose operator serves a chain over HTTP. The floor of its
 * speed is nothing but the recovery of signers on all cores; that of its memory a watcher of an empty chain.
 */
export const sync: Bench = async ({ print, tell }) => {
  const ends = createEnds()
  try {
    const chain = await openSyncChain({ blocks: Math.max(...LENGTHS), size: BLOCK }, ends, tell)
    const least = await fastestPossible(chain)
    const idle = await watching(chain, async (watcher) => {
      await watcher.untilValidated(0)
      return watcher.peakMemory()
    })
    for (const length of LENGTHS) {
      await chain.submitUpTo(length)
      const [last, payments] = [length * 1_000, length * BLOCK]
      tell(`a chain of ${payments} payments`)
      await watching(chain, async (watcher) => {
        const value = payments / (await watcher.untilValidated(last))
        print({ metric: `txPerSecond.${payments}`, value, unit: 'tx/s', floor: least, ratio: value / least })
        print({ metric: `secondsToIndex.${payments}`, value: await watcher.untilIndexed(last), unit: 's' })
        const memory = watcher.peakMemory()
        print({ metric: `peakMemory.${payments}`, value: memory, unit: 'MiB', floor: idle, ratio: memory / idle })
      })
    }
  } finally {
    await ends.run()
  }
}

async function watching<Result>(chain: SyncChain, work: (watcher: Watching) => Promise<Result>): Promise<Result> {
  const watcher = await startWatching(chain)
  try {
    return await work(watcher)
  } finally {
    await watcher.stop()
  }
}

async function fastestPossible(chain: SyncChain): Promise<number> {
  const { keccak } = await loadTools('native')
  const transactions = await chain.firstBlock()
  return transactions.length / (await recoverFloor(transactions, { framework: chain.framework, keccak }))
}
