import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { nextPollMs, OPEN_EYES, type Poll, watch } from '../../src/chain/watcher-sight.ts'

const good = (ownHead = 100n): Poll => ({ ok: true, lastSeenEthBlock: ownHead - 2n, ownHead })
const stuck = (ownHead: bigint): Poll => ({ ok: true, lastSeenEthBlock: 100n, ownHead })
const silent: Poll = { ok: false, reason: 'operation:service_unavailable' }
const after = (...polls: readonly Poll[]) => polls.reduce(watch, OPEN_EYES)

describe('A Watcher is blind', () => {
  test('after three polls without an answer, not after two', () => {
    expect(after(silent, silent).blind).toBeUndefined()
    expect(after(silent, silent, silent).blind).toBe('no answer: operation:service_unavailable')
    expect(after(silent, silent, good(), silent).blind).toBeUndefined()
  })

  test('when its height stands still while our head moves on', () => {
    expect(after(stuck(110n), stuck(115n), stuck(120n)).blind).toBeUndefined()
    expect(after(stuck(121n), stuck(122n)).blind).toBeUndefined()
    expect(after(stuck(121n), stuck(122n), stuck(123n)).blind).toBe('its root chain height stands behind ours')
  })

  test('until one poll is good again', () => {
    const blind = after(stuck(121n), stuck(122n), stuck(123n))
    expect(watch(blind, silent).blind).toBeDefined()
    expect(watch(blind, stuck(124n)).blind).toBeDefined()
    expect(watch(blind, good())).toEqual(OPEN_EYES)
  })

  test('whatever came before, when the last three polls were bad in one way', () => {
    const poll = fc.constantFrom(good(), silent, stuck(200n))
    fc.assert(
      fc.property(fc.array(poll), fc.constantFrom(silent, stuck(200n)), (before, bad) => {
        expect(after(...before, bad, bad, bad).blind).toBeDefined()
        expect(after(...before, bad, bad, bad, good()).blind).toBeUndefined()
      }),
    )
  })
})

test('failed polls are further apart, up to a minute, and never closer than usual', () => {
  const waits = [0, 1, 2, 3, 4, 5, 1_000].map((failures) => nextPollMs({ failures, pollMs: 5_000 }))
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000])
  expect(nextPollMs({ failures: 3, pollMs: 90_000 })).toBe(90_000)
})
