import { describe, expect, test } from '@jest/globals'
import { createClockLook, watchClock } from '../../src/guard/clock-watch.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Timestamp } from '../../src/plasma/units.ts'
import { standingAlarms } from '../support/alarms.ts'

const START = 1_700_000_000

/** A chain with a block every twelve seconds, and a machine whose clock is `wrongBy` seconds ahead of its time. */
function watched() {
  const { alarms, standing } = standingAlarms()
  const world = { passed: 0, wrongBy: 0, warpedBy: 0, height: 1n, fails: false }
  const look = createClockLook({
    head: async () => {
      if (world.fails) throw new Error('no node')
      const timestamp = BigInt(START + Math.floor(world.passed / 12) * 12 + world.warpedBy) as Timestamp
      return { number: world.height, timestamp }
    },
    alarms,
    log: silentLogger,
    systemSeconds: () => START + world.passed + world.wrongBy,
    steadySeconds: () => world.passed,
  })
  const pass = async (looks: number, blocks = 1n) => {
    let last = 'seen'
    for (let time = 0; time < looks; time++) {
      world.passed += 15
      world.height += blocks
      last = await look()
    }
    return last
  }
  return { world, standing, pass }
}

const WRONG = ['clock_wrong system clock']

describe('A clock that is', () => {
  test.each([3_600, -3_600, 120, -120])('wrong by %d seconds raises an alarm, until it is set', async (wrongBy) => {
    const { world, standing, pass } = watched()
    world.wrongBy = wrongBy
    await pass(3)
    expect(standing()).toEqual([])
    await pass(1)
    expect(standing()).toEqual(WRONG)
    world.wrongBy = 0
    await pass(1)
    expect(standing()).toEqual([])
  })

  test.each([0, 30, -45])('wrong by %d seconds is right enough', async (wrongBy) => {
    const { world, standing, pass } = watched()
    world.wrongBy = wrongBy
    await pass(20)
    expect(standing()).toEqual([])
  })

  test('set wrong while the guard runs is no jump of the chain', async () => {
    const { world, standing, pass } = watched()
    await pass(5)
    world.wrongBy = -86_400
    expect(await pass(3)).toBe('seen')
    expect(standing()).toEqual(WRONG)
  })
})

describe('Nothing is said about the clock by', () => {
  test('a head that stands still', async () => {
    const { world, standing, pass } = watched()
    world.wrongBy = 3_600
    await pass(20, 0n)
    expect(standing()).toEqual([])
  })

  test('a chain whose time jumps', async () => {
    const { world, standing, pass } = watched()
    await pass(2)
    world.warpedBy = 600
    expect(await pass(1)).toBe('warped')
    expect(standing()).toEqual([])
  })

  test('a node that does not answer', async () => {
    const { world, standing, pass } = watched()
    world.wrongBy = 3_600
    world.fails = true
    expect(await pass(10)).toBe('seen')
    expect(standing()).toEqual([])
  })

  test('a chain of development, which is not even asked', async () => {
    const head = () => Promise.reject(new Error('asked'))
    const { alarms } = standingAlarms()
    for (const chainId of [1337n, 31_337n])
      await watchClock({ chainId, head, alarms, log: silentLogger }, new AbortController().signal)
  })
})
