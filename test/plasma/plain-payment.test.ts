import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { concatBytes } from '../../src/lib/bytes.ts'
import { readPlainPayment } from '../../src/plasma/plain-payment.ts'
import { decodeRlp, encodeRlp, encodeRlpList } from '../../src/plasma/rlp.ts'
import { encodePayment, encodeSigned } from '../../src/plasma/encode-transaction.ts'
import { decodeSignedTransaction, decodeTransaction } from '../../src/plasma/transaction.ts'
import { mutated, paymentFields, signatures } from './arbitraries.ts'

const plain = fc.record({ fields: paymentFields, signatures })
const bytesOf = plain.map((payment) => encodeSigned(encodePayment(payment.fields), payment.signatures))

/** What the decoder that knows every form makes of the same items. */
function decodeSlowly(bytes: Uint8Array) {
  const items = decodeRlp(bytes)?.item
  if (!items || items instanceof Uint8Array) throw new Error('no list')
  const raw = encodeRlp(items.slice(1))
  const decoded = decodeTransaction(raw)
  if (!decoded.ok) throw new Error(decoded.error)
  return { transaction: decoded.value, signatures: items[0], bytes }
}

describe('a payment in the usual form', () => {
  test('is read in one pass', () => {
    fc.assert(
      fc.property(plain, ({ fields, signatures: given }) => {
        const bytes = encodeSigned(encodePayment(fields), given)
        const { inputs, outputs, metadata } = fields

        expect(readPlainPayment(bytes)).toMatchObject({ inputs, outputs, metadata, signatures: given })
      }),
    )
  })

  test('is what every other way of reading it says', () => {
    fc.assert(
      fc.property(bytesOf, (bytes) => {
        expect(decodeSignedTransaction(bytes)).toEqual({ ok: true, value: decodeSlowly(bytes) })
      }),
    )
  })
})

describe('whatever else a payment may look like', () => {
  test('it is read so only if it is canonical, and then rightly', () => {
    fc.assert(
      fc.property(fc.oneof(mutated(bytesOf), fc.uint8Array({ maxLength: 300 })), (bytes) => {
        const payment = readPlainPayment(bytes)
        if (!payment) return
        const { transaction, signatures: found } = decodeSlowly(bytes)
        const { inputs, outputs, metadata, raw } = transaction

        expect(decodeRlp(bytes)?.canonical).toBe(true)
        expect(payment).toMatchObject({ inputs, outputs, metadata, signatures: found })
        expect(encodeRlpList(bytes.subarray(payment.rawStart))).toEqual(raw)
      }),
      { numRuns: 2_000 },
    )
  })

  test('what is no payment, or none that is valid, is left to the other decoder', () => {
    const word = new Uint8Array(32).fill(1)
    const address = new Uint8Array(20).fill(2)
    const one = Uint8Array.of(1)
    const none = new Uint8Array(0)
    const output = (type: Uint8Array, guard: Uint8Array, amount: Uint8Array) => [type, [guard, address, amount]]
    const good = output(one, address, one)
    const payment = [[], one, [word], [good], none, word]
    const others = [
      none,
      [[], Uint8Array.of(3), [good], word],
      payment.with(1, Uint8Array.of(2)),
      payment.with(2, [new Uint8Array(32)]),
      payment.with(2, [word.subarray(1)]),
      payment.with(
        2,
        Array.from({ length: 5 }, () => word),
      ),
      payment.with(3, []),
      payment.with(
        3,
        Array.from({ length: 5 }, () => good),
      ),
      payment.with(3, [output(Uint8Array.of(3), address, one)]),
      payment.with(3, [output(one, new Uint8Array(20), one)]),
      payment.with(3, [output(one, address.subarray(1), one)]),
      payment.with(3, [output(one, address, none)]),
      payment.with(3, [output(one, address, Uint8Array.of(0, 1))]),
      payment.with(3, [output(one, address, new Uint8Array(33).fill(1))]),
      payment.with(4, one),
      payment.with(5, word.subarray(1)),
      payment.slice(0, 5),
      [...payment, none],
    ]

    expect(readPlainPayment(encodeRlp(payment))).toBeDefined()
    for (const other of others) expect(readPlainPayment(encodeRlp(other))).toBeUndefined()
    expect(readPlainPayment(concatBytes(encodeRlp(payment), one))).toBeUndefined()
  })
})
