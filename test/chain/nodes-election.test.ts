import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { elect, majority } from '../../src/chain/nodes-election.ts'

const seen = (...heads: number[]) => heads.map((head, at) => ({ peer: at, head: BigInt(head) }))
const result = (heads: number[], agreement?: number) => {
  const election = elect(seen(...heads), agreement)
  return election && { voters: election.voters.map(({ peer }) => peer).sort(), height: Number(election.height) }
}

describe('Which nodes count', () => {
  test.each<[string, number[], number | undefined, object | undefined]>([
    ['the only one', [7], undefined, { voters: [0], height: 7 }],
    ['both of two, up to what both have', [7, 8], undefined, { voters: [0, 1], height: 7 }],
    ['one of two, when the other has stopped', [7, 9], undefined, { voters: [1], height: 9 }],
    ['two of three, when one has stopped', [9, 3, 9], undefined, { voters: [0, 2], height: 9 }],
    ['all of three, up to what two have', [9, 8, 9], undefined, { voters: [0, 1, 2], height: 9 }],
    ['as many as are demanded, however far one is behind', [7, 20], 2, { voters: [0, 1], height: 7 }],
    ['none, where there are not as many as are demanded', [7], 2, undefined],
    ['none of none', [], undefined, undefined],
  ])('%s', (_, heads, agreement, expected) => {
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
