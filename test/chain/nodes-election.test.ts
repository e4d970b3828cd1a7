import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { elect, majority } from '../../src/chain/nodes-election.ts'

const seen = (...heads: number[]) => heads.map((head, at) => ({ peer: at, head: BigInt(head) }))
const result = (heads: number[], agreement?: number) => {
  const election = elect(seen(...heads), agreement)
  return election && { voters: election.voters.map(({ peer }) => peer).sort(), height: Number(election.height) }
}

describe('Which nodes count', () => {
  test.each<{ who: string; heads: number[]; agreement?: number; expected: object | undefined }>([
    { who: 'the only one', heads: [7], expected: { voters: [0], height: 7 } },
    { who: 'both of two, up to what both have', heads: [7, 8], expected: { voters: [0, 1], height: 7 } },
    { who: 'one of two, when the other has stopped', heads: [7, 9], expected: { voters: [1], height: 9 } },
    { who: 'two of three, when one has stopped', heads: [9, 3, 9], expected: { voters: [0, 2], height: 9 } },
    { who: 'all of three, up to what two have', heads: [9, 8, 9], expected: { voters: [0, 1, 2], height: 9 } },
    {
      who: 'as many as are demanded, however far one is behind',
      ...{ heads: [7, 20], agreement: 2, expected: { voters: [0, 1], height: 7 } },
    },
    { who: 'none, where there are not as many as are demanded', heads: [7], agreement: 2, expected: undefined },
    { who: 'none of none', heads: [], expected: undefined },
  ])('$who', ({ heads, agreement, expected }) => {
    expect(result(heads, agreement)).toEqual(expected)
  })

  test('and the block that counts is one that two of them have, where there are two', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 6 }), (heads) => {
        const election = elect(seen(...heads), undefined)
        const holders = election?.voters.filter(({ head }) => head >= election.height) ?? []
        expect(holders.length).toBeGreaterThanOrEqual(Math.min(2, election?.voters.length ?? 0))
      }),
    )
  })

  test('and one of three or more that lies about its head changes the block by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.nat(1_000), (honest, lie) => {
        const heads = [...Array.from({ length: honest }, () => 500), lie]
        const height = Number(elect(seen(...heads), undefined)?.height)
        expect(Math.abs(height - 500)).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('A majority', () => {
  const of = (votes: string[], quorum: number) => majority(votes, quorum, (vote) => vote)?.[0]

  test.each<[string[], number, string | undefined]>([
    [['a', 'b', 'a'], 2, 'a'],
    [['a', 'b'], 2, undefined],
    [['a', 'b'], 1, undefined],
    [['a'], 1, 'a'],
    [['a', 'a', 'b', 'b'], 2, undefined],
    [['a', 'a', 'b', 'b', 'b'], 2, 'b'],
    [[], 1, undefined],
  ])('of %j with quorum %d is %s', (votes, quorum, expected) => {
    expect(of(votes, quorum)).toBe(expected)
  })
})
