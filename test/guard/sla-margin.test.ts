import { describe, expect, test } from '@jest/globals'
import { slaMarginOf } from '../../src/guard/sla-margin.ts'
import type { Seconds } from '../../src/plasma/units.ts'

const WEEK = 604_800n as Seconds
const TEN_MINUTES = 600n as Seconds

describe('trap 9: a margin longer than the exit period would mute the alarm that makes users leave', () => {
  test('such a margin is refused, and the error says what is possible', () => {
    expect(() => slaMarginOf({ slaMarginBlocks: 40n }, TEN_MINUTES)).toThrow('set it to 39 or less')
    expect(slaMarginOf({ slaMarginBlocks: 39n }, TEN_MINUTES)).toBe(39n)
  })

  test('where none is set it is the network’s own, or half of a shorter exit period', () => {
    expect(slaMarginOf({ slaMarginBlocks: undefined }, WEEK)).toBe(5_520n)
    expect(slaMarginOf({ slaMarginBlocks: undefined }, TEN_MINUTES)).toBe(19n)
  })
})
