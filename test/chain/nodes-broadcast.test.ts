import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mergeReceptions } from '../../src/chain/nodes-broadcast.ts'
import { failure, fault, value } from './fake-nodes.ts'

const said = {
  accepted: value('0x01'),
  known: fault(-32000, 'already known'),
  low: fault(-32000, 'nonce too low'),
  taken: fault(-32000, 'replacement transaction underpriced'),
  poor: fault(-32000, 'insufficient funds for gas * price + value'),
  refused: fault(-32000, 'txpool is full'),
  silent: failure('timeout'),
}
const anyReply = fc.constantFrom(...Object.values(said))

describe('What several nodes make of one transaction', () => {
  test('is a reception when any of them has it, however many refuse', () => {
    fc.assert(
      fc.property(fc.array(anyReply), fc.array(anyReply), fc.constantFrom(said.accepted, said.known), (a, b, good) => {
        expect([said.accepted, said.known]).toContain(mergeReceptions([...a, good, ...b]))
      }),
    )
  })

  test('is one of their replies, and silence only when all are silent', () => {
    fc.assert(
      fc.property(fc.array(anyReply, { minLength: 1 }), (replies) => {
        const merged = mergeReceptions(replies)
        expect(replies).toContain(merged)
        expect(merged === said.silent).toBe(replies.every((reply) => reply === said.silent))
      }),
    )
  })

  test.each([
    ['the nonce that is gone, rather than the one that waits', [said.taken, said.low], said.low],
    ['what most of them say', [said.low, said.poor, said.poor], said.poor],
    [
      'what they know of the account, rather than any other refusal',
      [said.refused, said.refused, said.taken],
      said.taken,
    ],
    ['a refusal, rather than silence', [said.silent, said.silent, said.refused], said.refused],
  ])('is %s', (_, replies, expected) => {
    expect(mergeReceptions(replies)).toBe(expected)
  })
})
