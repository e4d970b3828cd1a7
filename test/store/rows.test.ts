import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { ETH, type Address, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import { outputKey, placeAt, placeKey, utxoPosAt } from '../../src/store/keys.ts'
import { packList, unpackList } from '../../src/store/packed-list.ts'
import { outputIn, ownerKey, ownerKeysIn, packOutputs } from '../../src/store/packed-outputs.ts'
import { decodePayload, encodePayload, type Payload } from '../../src/store/payload.ts'

const LAST_BLKNUM = 2n ** 35n - 1n
const blknum = fc.bigInt({ min: 0n, max: LAST_BLKNUM })
const txIndex = fc.nat({ max: 65_535 })
const outputIndex = fc.nat({ max: 3 })
const position = fc.record({ blknum, txIndex, outputIndex })

describe('keys', () => {
  test('name places and outputs, and nothing else', () => {
    fc.assert(
      fc.property(position, (there) => {
        const utxoPos = encodeUtxoPos(there)
        const key = outputKey(utxoPos) ?? -1
        const place = placeKey(there) ?? -1

        expect(Number.isSafeInteger(key)).toBe(true)
        expect(utxoPosAt(key)).toBe(utxoPos)
        expect(placeAt(place)).toEqual({ blknum: there.blknum, txIndex: there.txIndex })
        expect(Math.floor(key / 4)).toBe(place)
      }),
    )
  })

  test('stand in the order of positions', () => {
    fc.assert(
      fc.property(position, position, (one, other) => {
        const [left, right] = [encodeUtxoPos(one), encodeUtxoPos(other)]
        expect(Math.sign((outputKey(left) ?? 0) - (outputKey(right) ?? 0))).toBe(
          left < right ? -1 : left > right ? 1 : 0,
        )
      }),
    )
  })

  test('are not made for what no block can hold', () => {
    const beyond: [bigint, number, number][] = [
      [LAST_BLKNUM + 1n, 0, 0],
      [1000n, 65_536, 0],
      [1000n, 0, 4],
      [2n ** 200n, 0, 0],
    ]
    for (const [block, tx, output] of beyond) {
      expect(outputKey(encodeUtxoPos({ blknum: block, txIndex: tx, outputIndex: output }))).toBeUndefined()
    }
    expect(placeKey({ blknum: 1000n, txIndex: 65_536 })).toBeUndefined()
    expect(placeKey({ blknum: -1n, txIndex: 0 })).toBeUndefined()
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (any) => {
        const key = outputKey(any as UtxoPos)
        if (key !== undefined) expect(utxoPosAt(key)).toBe(any)
      }),
    )
  })
})

const address = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}` as Address)
const output = fc.record({
  outputType: fc.integer({ min: 1, max: 2 }),
  owner: address,
  currency: fc.oneof(fc.constant(ETH), address),
  amount: fc.bigInt({ min: 1n, max: 2n ** 256n - 1n }).map((amount) => amount as Wei),
})

test('packed outputs are the same outputs', () => {
  fc.assert(
    fc.property(fc.array(output, { minLength: 1, maxLength: 4 }), (outputs) => {
      const packed = Buffer.from(packOutputs(outputs))

      expect([0, 1, 2, 3].flatMap((index) => outputIn(packed, index) ?? [])).toEqual(outputs)
      expect(ownerKeysIn(packed)).toEqual(outputs.map(({ owner }) => ownerKey(owner)))
    }),
  )
})

test('outputs that were cut short or garbled are read without a crash', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 3 }), (bytes, index) => {
      const packed = Buffer.from(bytes)
      expect(() => [outputIn(packed, index), ownerKeysIn(packed)]).not.toThrow()
    }),
  )
})

test('packed lists are the same lists', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (items) => {
      expect(unpackList(Buffer.from(packList(items)))).toEqual(items)
    }),
  )
})

test('payloads come back as they were, also texts that look like something else', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string().map((tail) => `#${tail}`),
    fc.constantFrom('#1', '~00', '!', '!!', '~', '#'),
  )
  const { payload } = fc.letrec<{ payload: Payload }>((tie) => ({
    payload: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.bigInt(),
      fc.uint8Array(),
      fc.boolean(),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('payload')),
      fc.dictionary(text, tie('payload')),
    ),
  }))
  fc.assert(
    fc.property(payload, (value) => {
      expect(decodePayload(encodePayload(value))).toEqual(value)
    }),
  )
})
