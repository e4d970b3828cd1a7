import { describe, expect, test } from '@jest/globals'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Hash, Timestamp } from '../../src/plasma/units.ts'
import { createDownloads } from '../../src/watcher/downloads.ts'
import type { Operator } from '../../src/watcher/operator.ts'
import type { Wanted } from '../../src/watcher/wanted.ts'

const rootOf = (blknum: number) => `0x${blknum.toString().padStart(64, '0')}` as Hash
const block = (blknum: number): Wanted => ({ blknum: BigInt(blknum), root: rootOf(blknum) })
const wanted = (...blknums: number[]): Wanted[] => blknums.map(block)
const at = (seconds: number) => BigInt(seconds) as Timestamp
const settle = () => new Promise((resolve) => setImmediate(resolve))

function setUp() {
  const withheld = new Set<number>()
  const asked: number[] = []
  let hanging: (() => void)[] | undefined
  let settled = 0
  const operator: Pick<Operator, 'block'> = {
    block: async (root) => {
      const blknum = Number(root.slice(2))
      asked.push(blknum)
      if (hanging) await new Promise<void>((resolve) => hanging?.push(resolve))
      if (withheld.has(blknum)) return { ok: false, reason: 'not found' }
      return { ok: true, block: { hash: root, blknum: BigInt(blknum), transactions: [] } }
    },
  }
  const downloads = createDownloads({
    operator,
    missingSince: () => undefined,
    log: silentLogger,
    settled: () => settled++,
  })
  return {
    downloads,
    withheld,
    asked,
    settled: () => settled,
    hang: () => {
      hanging = []
    },
    answerAll: () => {
      const waiting = hanging ?? []
      hanging = undefined
      for (const answer of waiting) answer()
    },
  }
}

describe('downloading child blocks', () => {
  test('brings every block, and tells when one has come', async () => {
    const { downloads, settled } = setUp()
    downloads.want(wanted(1000, 2000), at(1))
    await settle()
    expect(downloads.served(block(1000))).toMatchObject({ block: { blknum: 1000n }, times: 1 })
    expect(downloads.served(block(2000))).toMatchObject({ block: { blknum: 2000n } })
    expect(settled()).toBe(2)
  })

  test('asks for two at first, as nobody knows how large they are, and for none twice', async () => {
    const { downloads, asked, hang, answerAll } = setUp()
    hang()
    downloads.want(wanted(1000, 2000, 3000), at(1))
    downloads.want(wanted(1000, 2000, 3000), at(2))
    expect(asked).toEqual([1000, 2000])
    answerAll()
    await settle()
    expect(asked).toEqual([1000, 2000, 3000])
  })

  test('asks for four at once when they are small', async () => {
    const { downloads, asked, hang, answerAll } = setUp()
    downloads.want(wanted(1000), at(1))
    await settle()
    hang()
    downloads.want(wanted(2000, 3000, 4000, 5000, 6000), at(2))
    expect(asked).toEqual([1000, 2000, 3000, 4000, 5000])
    answerAll()
    await settle()
    expect(asked).toEqual([1000, 2000, 3000, 4000, 5000, 6000])
  })

  test('counts how often a block was served, and keeps one that stayed the same', async () => {
    const { downloads } = setUp()
    downloads.want(wanted(1000), at(1))
    await settle()
    const first = downloads.served(block(1000))
    downloads.want(wanted(1000), at(2))
    await settle()
    expect(downloads.served(block(1000))).toEqual({ ...first, times: 2 })
    expect(downloads.served(block(1000))?.block).toBe(first?.block)
  })

  test('takes one root under two numbers for two blocks', async () => {
    const { downloads } = setUp()
    downloads.want([block(1000), { blknum: 2000n, root: rootOf(1000) }], at(1))
    await settle()
    expect(downloads.served(block(1000))?.times).toBe(1)
    expect(downloads.served({ blknum: 2000n, root: rootOf(1000) })?.times).toBe(1)
    expect(downloads.served({ blknum: 3000n, root: rootOf(1000) })).toBeUndefined()
  })

  test('remembers in chain time since when a block is missing', async () => {
    const { downloads, withheld } = setUp()
    withheld.add(1000)
    for (const seconds of [10, 20, 30]) {
      downloads.want(wanted(1000), at(seconds))
      await settle()
    }
    expect(downloads.failure(block(1000))).toEqual({ since: 10n, latest: 30n })
  })

  test('forgets the failures when the block is served after all', async () => {
    const { downloads, withheld } = setUp()
    withheld.add(1000)
    downloads.want(wanted(1000), at(10))
    await settle()
    withheld.clear()
    downloads.want(wanted(1000), at(20))
    await settle()
    expect(downloads.failure(block(1000))).toBeUndefined()
    expect(downloads.served(block(1000))).toBeDefined()
  })

  test('gives up on a dead operator after a few blocks, until asked again', async () => {
    const { downloads, withheld, asked } = setUp()
    const hundred = Array.from({ length: 100 }, (_, index) => (index + 1) * 1000)
    for (const blknum of hundred) withheld.add(blknum)
    downloads.want(wanted(...hundred), at(1))
    await settle()
    expect(asked.length).toBeLessThan(15)
  })

  test('withheld blocks do not hide those behind them', async () => {
    const { downloads, withheld } = setUp()
    const first = Array.from({ length: 20 }, (_, index) => (index + 1) * 1000)
    for (const blknum of first) withheld.add(blknum)
    for (const seconds of [1, 2, 3]) {
      downloads.want(wanted(...first, 21_000), at(seconds))
      await settle()
    }
    expect(downloads.served(block(21_000))).toBeDefined()
  })

  test('an operator port that throws is a failed download', async () => {
    const operator = { block: () => Promise.reject(new TypeError('bug')) }
    const downloads = createDownloads({ operator, missingSince: () => undefined, log: silentLogger, settled: () => {} })
    downloads.want(wanted(1000), at(5))
    await settle()
    expect(downloads.failure(block(1000))).toEqual({ since: 5n, latest: 5n })
  })

  test('a block that was missing before the process began has been missing since then', async () => {
    const { operator } = { operator: { block: async () => ({ ok: false as const, reason: 'not found' }) } }
    const missingSince = () => at(5)
    const downloads = createDownloads({ operator, missingSince, log: silentLogger, settled: () => {} })
    expect(downloads.failure(block(1000))).toEqual({ since: 5n, latest: 5n })
    downloads.want(wanted(1000), at(90))
    await settle()
    expect(downloads.failure(block(1000))).toEqual({ since: 5n, latest: 90n })
  })

  test('tells once what has begun to be missing, and what has come after all', async () => {
    const { downloads, withheld } = setUp()
    withheld.add(1000)
    downloads.want(wanted(1000, 2000), at(1))
    await settle()
    expect(downloads.news()).toEqual([{ wanted: block(1000), since: 1n }])
    downloads.want(wanted(1000), at(2))
    await settle()
    expect(downloads.news()).toEqual([])
    withheld.clear()
    downloads.want(wanted(1000), at(3))
    await settle()
    expect(downloads.news()).toEqual([{ wanted: block(1000), since: undefined }])
  })

  test('lets go of a block that nobody needs, which then has to be asked for again', async () => {
    const { downloads, asked } = setUp()
    downloads.want(wanted(1000), at(1))
    await settle()
    downloads.forget(block(1000))
    expect(downloads.served(block(1000))).toBeUndefined()
    downloads.want(wanted(1000), at(2))
    await settle()
    expect(asked).toEqual([1000, 1000])
    expect(downloads.served(block(1000))).toMatchObject({ times: 1 })
  })

  test('starts nothing while as many bytes as it may hold wait to be applied, but for what all wait for', async () => {
    const asked: number[] = []
    const large = new Uint8Array(25 * 1024 * 1024)
    const answers: (() => void)[] = []
    const operator: Pick<Operator, 'block'> = {
      block: async (root) => {
        asked.push(Number(root.slice(2)))
        await new Promise<void>((resolve) => answers.push(resolve))
        return { ok: true, block: { hash: root, blknum: 0n, transactions: [large] } }
      },
    }
    const downloads = createDownloads({ operator, missingSince: () => undefined, log: silentLogger, settled: () => {} })
    downloads.want(wanted(1000, 2000, 3000), at(1))
    for (const answer of answers.splice(0)) answer()
    await settle()
    expect(asked).toEqual([1000, 2000])
    downloads.want(wanted(3000), at(2))
    expect(asked).toEqual([1000, 2000, 3000])
    downloads.want(wanted(1000, 4000), at(2))
    for (const answer of answers.splice(0)) answer()
    await settle()
    expect(asked.slice(3)).toEqual([1000])
  })

  test('goes on by itself when a block was applied', async () => {
    const asked: number[] = []
    const large = new Uint8Array(50 * 1024 * 1024)
    const operator: Pick<Operator, 'block'> = {
      block: async (root) => {
        asked.push(Number(root.slice(2)))
        return { ok: true, block: { hash: root, blknum: 0n, transactions: [large] } }
      },
    }
    const downloads = createDownloads({ operator, missingSince: () => undefined, log: silentLogger, settled: () => {} })
    downloads.want(wanted(1000, 2000, 3000), at(1))
    await settle()
    expect(asked).toEqual([1000, 2000])
    for (const blknum of [1000, 2000]) downloads.forget(block(blknum))
    await settle()
    expect(asked).toEqual([1000, 2000, 3000])
  })

  test('asks for nothing more once it is stopped', async () => {
    const { downloads, asked, hang, answerAll } = setUp()
    hang()
    downloads.want(wanted(1000, 2000, 3000), at(1))
    downloads.stop()
    answerAll()
    await settle()
    expect(asked).toEqual([1000, 2000])
  })
})
