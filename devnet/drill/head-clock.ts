import { setTimeout as pause } from 'node:timers/promises'
import type { RootChainClient } from '../wallet.ts'

/** Remembers when the node began to serve each block. */
export type HeadClock = {
  /** Wall time in ms; undefined when the block has not been seen. */
  servedAt: (height: bigint) => number | undefined
  stop: () => void
}

const EVERY_MS = 20

/** Looks at the node's head all the time, to within 20 ms. */
export function startHeadClock(client: RootChainClient): HeadClock {
  const times = new Map<bigint, number>()
  let last = -1n
  let running = true

  async function look(): Promise<void> {
    while (running) {
      const head = await client.getBlockNumber({ cacheTime: 0 }).catch(() => last)
      const now = Date.now()
      for (let height = last + 1n; height <= head; height++) if (!times.has(height)) times.set(height, now)
      last = head
      await pause(EVERY_MS)
    }
  }

  void look()
  return {
    servedAt: (height) => times.get(height),
    stop: () => {
      running = false
    },
  }
}
