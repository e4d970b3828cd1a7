import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createLogSpan } from '../../src/chain/log-span.ts'

/** Asks as often as told a node that bears `limit` blocks at a time. Gives what was answered, and the last tries. */
function askAgain(limit: bigint, times: number, hint?: (limit: bigint) => bigint) {
  const span = createLogSpan(10_000n)
  const tries: { blocks: bigint; ok: boolean }[] = []
  for (let time = 0; time < times; time++) {
    const blocks = span.blocks()
    const ok = blocks <= limit
    if (ok) span.worked(blocks)
    else span.failed(blocks, hint?.(limit))
    tries.push({ blocks, ok })
  }
  return tries
}

describe('How many blocks are asked for at once', () => {
  test('never less than one, never more than the most, and soon what the node bears', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 20_000n }), (limit) => {
        const tries = askAgain(limit, 300)
        for (const { blocks } of tries) expect(blocks >= 1n && blocks <= 10_000n).toBe(true)
        const later = tries.slice(40)
        const answered = later.filter(({ ok }) => ok)
        // At most one try in four is a refusal, and no answer is less than a third of what could be had.
        expect(answered.length).toBeGreaterThan((later.length * 3) / 4)
        const could = limit < 10_000n ? limit : 10_000n
        for (const { blocks } of answered) expect(blocks * 3n >= could).toBe(true)
      }),
    )
  })

  test('what the node says it bears is believed at once, unless it is nonsense', () => {
    expect(askAgain(2_000n, 4, (limit) => limit).map(({ blocks }) => blocks)).toEqual([10_000n, 2_000n, 2_000n, 2_000n])
    for (const nonsense of [0n, -5n, 10_000n, 2n ** 300n])
      expect(askAgain(2_000n, 2, () => nonsense).map(({ blocks }) => blocks)).toEqual([10_000n, 5_000n])
  })

  test('after a bad stretch of the chain it grows again', () => {
    const span = createLogSpan(10_000n)
    while (span.blocks() > 10n) span.failed(span.blocks())
    for (let time = 0; time < 200; time++) span.worked(span.blocks())
    expect(span.blocks()).toBe(10_000n)
  })

  test('an answer to less than the whole span proves nothing', () => {
    const span = createLogSpan(10_000n)
    span.failed(10_000n)
    const before = span.blocks()
    for (let time = 0; time < 100; time++) span.worked(3n)
    expect(span.blocks()).toBe(before)
  })
})
