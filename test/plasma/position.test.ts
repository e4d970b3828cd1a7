import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeUtxoPos, encodeUtxoPos, isDepositBlock } from '../../src/plasma/position.ts'

test('a position unpacks to block, transaction and output', () => {
  expect(decodeUtxoPos(4_000_050_001n)).toEqual({ blknum: 4n, txIndex: 5, outputIndex: 1 })
  expect(decodeUtxoPos(0n)).toEqual({ blknum: 0n, txIndex: 0, outputIndex: 0 })
})

test('a packed position unpacks to itself, also beyond the numbers of JavaScript', () => {
  const position = fc.record({
    blknum: fc.bigInt({ min: 0n, max: 2n ** 54n }),
    txIndex: fc.nat(65_535),
    outputIndex: fc.nat(3),
  })
  fc.assert(
    fc.property(position, (each) => {
      expect(decodeUtxoPos(encodeUtxoPos(each))).toEqual(each)
    }),
  )
})

test('every word of the wire unpacks to something that packs to it again', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (word) => {
      expect(encodeUtxoPos(decodeUtxoPos(word))).toBe(word)
    }),
  )
})

test('every thousandth block is the operator’s, the others hold deposits', () => {
  expect([1n, 999n, 1001n, 1999n].map(isDepositBlock)).toEqual([true, true, true, true])
  expect([1000n, 2000n, 10_000_000n].map(isDepositBlock)).toEqual([false, false, false])
})
