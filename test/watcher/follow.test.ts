import { describe, expect, test } from '@jest/globals'
import type { Logger } from '../../src/lib/logger.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { follow } from '../../src/watcher/follow.ts'

const pace = { intervalMs: 100, longestMs: 1_000 }

/** Runs polls until they are used up; tells how long it slept after each. */
async function run(polls: readonly ('good' | 'bad')[]) {
  const stop = new AbortController()
  const slept: number[] = []
  const warned: string[] = []
  const log: Logger = { ...silentLogger, warn: (_facts, sentence) => warned.push(sentence) }
  let at = 0
  let atWork = 0
  const overlaps: number[] = []
  await follow(
    {
      poll: async () => {
        overlaps.push(++atWork)
        await Promise.resolve()
        atWork--
        if (polls[at++] === 'bad') throw new Error('node down')
      },
      sleep: async (ms) => {
        slept.push(ms)
        if (at === polls.length) stop.abort()
      },
      log,
    },
    pace,
    stop.signal,
  )
  return { slept, warned, overlaps }
}

describe('following a chain', () => {
  test('polls at its interval, one poll at a time', async () => {
    const { slept, overlaps } = await run(['good', 'good', 'good'])
    expect(slept).toEqual([100, 100, 100])
    expect(overlaps).toEqual([1, 1, 1])
  })

  test('survives bad polls, with longer and longer pauses up to a limit', async () => {
    const { slept, warned } = await run(['bad', 'bad', 'bad', 'bad', 'bad', 'good'])
    expect(slept).toEqual([200, 400, 800, 1_000, 1_000, 100])
    expect(warned).toHaveLength(5)
  })

  test('never begins when it is told to stop before', async () => {
    let polls = 0
    const poll = async () => {
      polls++
    }
    await follow({ poll, sleep: async () => {}, log: silentLogger }, pace, AbortSignal.abort())
    expect(polls).toBe(0)
  })
})
