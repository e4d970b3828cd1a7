import { expect, test } from '@jest/globals'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Hash, Timestamp } from '../../src/plasma/units.ts'
import { createDownloads } from '../../src/watcher/downloads.ts'

test('an answer that comes when nothing can be looked up any more harms nobody', async () => {
  let answer: () => void = () => {}
  const missingSince = () => {
    throw new TypeError('The database connection is not open')
  }
  let settled = 0
  const downloads = createDownloads({
    operator: {
      block: async () => {
        await new Promise<void>((resolve) => {
          answer = resolve
        })
        return { ok: false, reason: 'none' }
      },
    },
    missingSince,
    log: silentLogger,
    settled: () => settled++,
  })
  const rejections: unknown[] = []
  const note = (error: unknown) => rejections.push(error)
  process.on('unhandledRejection', note)
  downloads.want([{ blknum: 1000n, root: `0x${'a'.repeat(64)}` as Hash }], 1n as Timestamp)
  downloads.stop()
  answer()
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  expect(rejections).toEqual([])
  expect(settled).toBe(0)
})
