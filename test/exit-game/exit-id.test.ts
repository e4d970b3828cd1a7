import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { inFlightExitId, isInFlightExitId, priority, standardExitId } from '../../src/exit-game/exit-id.ts'
import { fromHex } from '../../src/lib/bytes.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import type { Timestamp, UtxoPos } from '../../src/plasma/units.ts'

// Made by the contracts v1.0.4: contracts.md, section 15.
const depositTx = fromHex(
  '0xf85501c0f0ef01ed9419e7e376e7c213b7e7e7e46cc70a5dd086daff2a9400000000000000000000000000000000000000008203e880a00000000000000000000000000000000000000000000000000000000000000000',
)
const paymentTx = fromHex(
  '0xf8a701e1a0000000000000000000000000000000000000000000000000000000003b9aca00f860ef01ed942222222222222222222222222222222222222222940000000000000000000000000000000000000000820190ef01ed9419e7e376e7c213b7e7e7e46cc70a5dd086daff2a94000000000000000000000000000000000000000082025880a03333333333333333333333333333333333333333333333333333333333333333',
)

describe('exit ids are those of the contracts', () => {
  test('of a deposit, whose position is hashed as well', () => {
    const id = standardExitId(depositTx, 1_000_000_000n as UtxoPos)
    expect(id).toBe(2533182049797899011240223200548161593008921603n)
    expect(standardExitId(depositTx, 2_000_000_000n as UtxoPos)).not.toBe(id)
  })

  test('of an output of a payment', () => {
    const id = 7942936129945947984708667848636291470136026286n
    expect(standardExitId(paymentTx, 1_000_000_020_001n as UtxoPos)).toBe(id)
  })

  test('of an in-flight exit', () => {
    expect(inFlightExitId(paymentTx)).toBe(5088440744534028222592095909737301197370533038n)
  })

  test('and their kinds cannot be mistaken for each other', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.bigInt({ min: 0n, max: 2n ** 54n }), fc.nat(3), (raw, blknum, outputIndex) => {
        const exitId = standardExitId(raw, encodeUtxoPos({ blknum, txIndex: 0, outputIndex }))
        expect(isInFlightExitId(exitId)).toBe(false)
        expect(isInFlightExitId(inFlightExitId(raw))).toBe(true)
        expect(exitId >> 160n).toBe(0n)
      }),
    )
  })
})

test('a priority holds time, position and id, in this order of weight', () => {
  const exit = {
    exitableAt: fc.bigInt({ min: 0n, max: 2n ** 42n - 1n }),
    blknum: fc.bigInt({ min: 0n, max: 2n ** 37n }),
    txIndex: fc.integer({ min: 0, max: 65_535 }),
    exitId: fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }),
  }
  fc.assert(
    fc.property(fc.record(exit), ({ exitableAt, blknum, txIndex, exitId }) => {
      const utxoPos = encodeUtxoPos({ blknum, txIndex, outputIndex: 3 })
      const packed = priority({ exitableAt: exitableAt as Timestamp, utxoPos, exitId })
      expect(packed >> 214n).toBe(exitableAt)
      expect((packed >> 160n) & (2n ** 54n - 1n)).toBe(blknum * 100_000n + BigInt(txIndex))
      expect(packed & (2n ** 160n - 1n)).toBe(exitId)
    }),
  )
})
