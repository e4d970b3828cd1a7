import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toBigInt, uint256 } from '../../src/lib/bytes.ts'
import { minimalUint, readUint, writeUint } from '../../src/plasma/uint.ts'

const anyUint = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), fc.bigInt({ min: 0n, max: 2n ** 64n }))

test('bytes are read as one big-endian number', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(readUint(bytes)).toBe(toBigInt(bytes))
    }),
  )
})

test('a number is written as the ABI writes it, and touches nothing else', () => {
  fc.assert(
    fc.property(anyUint, (value) => {
      const bytes = new Uint8Array(70)
      bytes[64] = 0xee
      writeUint(value, bytes, 64)
      expect(bytes.subarray(32, 64)).toEqual(uint256(value))
      expect(bytes.subarray(0, 32)).toEqual(new Uint8Array(32))
      expect(bytes[64]).toBe(0xee)
    }),
  )
})

test('the fewest bytes have no zero in front and spell the same number', () => {
  expect(minimalUint(0n)).toEqual(new Uint8Array(0))
  fc.assert(
    fc.property(anyUint, (value) => {
      const bytes = minimalUint(value)
      expect(bytes[0]).not.toBe(0)
      expect(toBigInt(bytes)).toBe(value)
    }),
  )
})
