import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { rawTransactionsIn, signaturesIn } from '../../src/chain/raw-pieces.ts'
import { concatBytes, uint256 } from '../../src/lib/bytes.ts'
import { depositTransaction, encodePayment } from '../../src/plasma/encode-transaction.ts'
import { ETH, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import { alice } from '../support/signers.ts'

const output = { outputType: 1, owner: alice.address, currency: ETH, amount: 5n as Wei }
const short = depositTransaction(output)
const long = encodePayment({
  inputs: [1n, 2n, 3n, 4n].map((position) => position as UtxoPos),
  outputs: [output, output, output, output],
})
const junk = fc.uint8Array({ maxLength: 200 })

test('A raw transaction is found wherever it stands in some bytes, short or long', () => {
  fc.assert(
    fc.property(junk, junk, fc.constantFrom(short, long), (before, after, raw) => {
      expect([...rawTransactionsIn(concatBytes(before, raw, after))]).toContainEqual(raw)
    }),
  )
})

test('A signature is found behind its length, as the ABI packs it, and not when it is cut off', () => {
  const signature = new Uint8Array(65).fill(7)
  fc.assert(
    fc.property(junk, junk, (before, after) => {
      const packed = concatBytes(before, uint256(65n), signature)
      expect([...signaturesIn(concatBytes(packed, after))]).toContainEqual(signature)
      expect([...signaturesIn(packed.slice(0, -1))]).not.toContainEqual(signature)
    }),
  )
})

test('Bytes that are made to look like either cost bounded time', () => {
  const lists = new Uint8Array(128 * 1024).map((_, at) => (at % 3 === 0 ? 0xf8 : at % 3 === 1 ? 0xff : 1))
  const lengths = concatBytes(...Array.from({ length: 4_000 }, () => uint256(65n)))
  const began = performance.now()
  expect([...rawTransactionsIn(lists)].length).toBeLessThan(5_000)
  expect([...signaturesIn(lengths)].length).toBeLessThan(500)
  expect(performance.now() - began).toBeLessThan(2_000)
})
