import { createTestClient, http } from 'viem'
import { setTimeout as pause } from 'node:timers/promises'
import { increaseTime, mine } from '../chain-control.ts'
import type { RootChainClient } from '../wallet.ts'

/** The root chain's clock, in the drill's hand. */
export type Time = {
  /** Timestamp of the latest block. */
  now: () => Promise<bigint>
  height: () => Promise<bigint>
  /** Lets chain time pass at once. */
  pass: (seconds: bigint) => Promise<void>
  /** Lets chain time pass until its clock shows more than `timestamp`. */
  passUntil: (timestamp: bigint) => Promise<void>
  /** Makes blocks, one second apart. */
  mine: (blocks?: number) => Promise<void>
  /** Resolves when that many more blocks have come by themselves. */
  blocks: (count: number) => Promise<void>
  /** From now on blocks come from {@link Time.mine} only. */
  stand: () => Promise<void>
  /** One block a second again. */
  go: () => Promise<void>
}

const LOOK_EVERY_MS = 50

export function createTime(url: string, client: RootChainClient): Time {
  const anvil = createTestClient({ mode: 'anvil', transport: http(url) })
  const latest = () => client.getBlock({ blockTag: 'latest' })
  const height = () => client.getBlockNumber({ cacheTime: 0 })
  const now = async () => (await latest()).timestamp
  return {
    now,
    height,
    pass: (seconds) => increaseTime(url, seconds),
    passUntil: async (timestamp) => {
      const left = timestamp - (await now())
      if (left >= 0n) await increaseTime(url, left + 1n)
    },
    mine: (blocks = 1) => mine(url, blocks),
    blocks: async (count) => {
      const target = (await height()) + BigInt(count)
      while ((await height()) < target) await pause(LOOK_EVERY_MS)
    },
    stand: async () => {
      await anvil.setAutomine(false)
      await anvil.setIntervalMining({ interval: 0 })
    },
    go: () => anvil.setIntervalMining({ interval: 1 }),
  }
}
