import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toHex } from '../../src/lib/bytes.ts'
import { encodeRlp, type RlpItem } from '../../src/plasma/rlp.ts'
import { encodePayment, encodeSigned } from '../../src/plasma/encode-transaction.ts'
import {
  decodeSignedTransaction,
  decodeTransaction,
  transactionHasher,
  type Decoded,
} from '../../src/plasma/transaction.ts'
import { ETH, type Hash, type Wei } from '../../src/plasma/units.ts'
import { alice } from '../support/signers.ts'
import { encodeFee } from '../support/transactions.ts'
import { mutated, output, owner, paymentFields, signatures, word } from './arbitraries.ts'

const payments = paymentFields.map(encodePayment)
const signedPayments = fc.tuple(payments, signatures).map(([raw, sigs]) => encodeSigned(raw, sigs))

const ERRORS = [
  'amount_cant_be_zero',
  'empty_outputs',
  'encoded_uint_too_big',
  'leading_zeros_in_encoded_uint',
  'malformed_address',
  'malformed_inputs',
  'malformed_metadata',
  'malformed_nonce',
  'malformed_outputs',
  'malformed_transaction',
  'malformed_transaction_rlp',
  'malformed_tx_data',
  'malformed_uint256',
  'malformed_witnesses',
  'output_guard_cant_be_zero',
  'too_many_inputs',
  'too_many_outputs',
  'tx_cannot_create_output_type',
  'unrecognized_output_type',
  'unrecognized_transaction_type',
]

function value<T>(decoded: Decoded<T>): T {
  if (!decoded.ok) throw new Error(decoded.error)
  return decoded.value
}

function errorOf(decoded: Decoded<unknown>): string | undefined {
  return decoded.ok ? undefined : decoded.error
}

describe('round trips', () => {
  test('a payment that was written is read again', () => {
    fc.assert(
      fc.property(paymentFields, (fields) => {
        const raw = encodePayment(fields)
        expect(value(decodeTransaction(raw))).toMatchObject({ txType: 'payment', ...fields, raw })
      }),
    )
  })

  test('a fee transaction that was written is read again', () => {
    fc.assert(
      fc.property(output, word, (claimed, nonce) => {
        const raw = encodeFee(claimed, nonce)
        const expected = { txType: 'fee', inputs: [], outputs: [claimed], metadata: nonce, raw }
        expect(value(decodeTransaction(raw))).toMatchObject(expected)
      }),
    )
  })

  test('signatures go around a transaction and come off again', () => {
    fc.assert(
      fc.property(payments, signatures, (raw, sigs) => {
        const signed = value(decodeSignedTransaction(encodeSigned(raw, sigs)))
        expect(signed.signatures).toEqual(sigs)
        expect(signed.transaction).toEqual(value(decodeTransaction(raw)))
      }),
    )
  })
})

describe('any bytes are a transaction or have a name for what is wrong', () => {
  test('bytes from nowhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const error = errorOf(decodeTransaction(bytes))
        expect(ERRORS).toContain(error)
        expect(ERRORS).toContain(errorOf(decodeSignedTransaction(bytes)))
      }),
    )
  })

  test('honest bytes that somebody touched, and then their raw form is canonical', () => {
    fc.assert(
      fc.property(mutated(fc.oneof(payments, signedPayments)), (bytes) => {
        for (const decoded of [decodeTransaction(bytes), decodeSignedTransaction(bytes)]) {
          if (!decoded.ok) expect(ERRORS).toContain(decoded.error)
          else {
            const { raw } = 'transaction' in decoded.value ? decoded.value.transaction : decoded.value
            expect(value(decodeTransaction(raw)).raw).toBe(raw)
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  test('lists as deep as you like, also where the encoding is lax', () => {
    const deep = new Uint8Array(300_000).fill(0xc0)
    const nested = Uint8Array.from([...Array.from({ length: 50 }, (_, at) => 0xc0 + 50 - at), 0x80])

    expect(errorOf(decodeTransaction(deep))).toBe('unrecognized_transaction_type')
    expect(errorOf(decodeSignedTransaction(deep))).toBe('unrecognized_transaction_type')
    expect(errorOf(decodeSignedTransaction(nested))).toBe('malformed_witnesses')
  })
})

describe('where the network is lax, the transaction is the one that it means', () => {
  const fields = {
    inputs: [],
    outputs: [{ outputType: 1, owner: alice.address, currency: ETH, amount: (10n ** 21n) as Wei }],
  }
  const raw = encodePayment(fields)
  const expected = { txHash: value(decodeTransaction(raw)).txHash, raw }

  test('items behind the outer list', () => {
    const metadata = raw.subarray(-33)
    const items = raw.subarray(2, -33)
    const lax = Uint8Array.from([0xf8, items.length, ...items, ...metadata])
    const laxSigned = Uint8Array.from([0xf8, items.length + 1, 0xc0, ...items, ...metadata])

    expect(value(decodeTransaction(lax))).toMatchObject(expected)
    expect(value(decodeSignedTransaction(laxSigned))).toMatchObject({ transaction: expected, bytes: laxSigned })
  })

  test('a list of 55 bytes with a long header', () => {
    const at = raw.indexOf(0xf7)
    expect(at).toBeGreaterThan(0)
    const lax = Uint8Array.from([0xf8, raw.length - 1, ...raw.subarray(2, at), 0xf8, 55, ...raw.subarray(at + 1)])

    expect(value(decodeTransaction(lax))).toMatchObject(expected)
  })

  test('a payment may create a fee output, a fee transaction a payment output', () => {
    fc.assert(
      fc.property(owner, fc.constantFrom(1, 2), (to, outputType) => {
        const created = { outputType, owner: to, currency: ETH, amount: 1n as Wei }
        expect(value(decodeTransaction(encodePayment({ inputs: [], outputs: [created] }))).outputs).toEqual([created])
        const claim = encodeFee(created, new Uint8Array(32))
        expect(value(decodeTransaction(claim)).outputs).toEqual([created])
      }),
    )
  })
})

describe('which of several errors is named', () => {
  const good = [Uint8Array.of(1), [new Uint8Array(20).fill(1), new Uint8Array(20), Uint8Array.of(9)]]
  const bad = {
    shape: [Uint8Array.of(1)],
    type: [Uint8Array.of(3), [new Uint8Array(20).fill(1), new Uint8Array(20), Uint8Array.of(9)]],
    typeList: [[], [new Uint8Array(20).fill(1), new Uint8Array(20), Uint8Array.of(9)]],
    typeLong: [new Uint8Array(33).fill(1), [new Uint8Array(20).fill(1), new Uint8Array(20), Uint8Array.of(9)]],
    guard: [Uint8Array.of(1), [new Uint8Array(20), new Uint8Array(19), new Uint8Array(0)]],
    currencyList: [Uint8Array.of(1), [new Uint8Array(20).fill(1), [], new Uint8Array(0)]],
    amountList: [Uint8Array.of(1), [new Uint8Array(20).fill(1), new Uint8Array(20), []]],
    guardAndAmountList: [Uint8Array.of(1), [new Uint8Array(20), new Uint8Array(20), []]],
  }
  const zero = new Uint8Array(0)
  const metadata = new Uint8Array(32)

  function paymentError(outputs: RlpItem, { inputs = [], txData = zero }: { inputs?: RlpItem; txData?: RlpItem } = {}) {
    return errorOf(decodeTransaction(encodeRlp([Uint8Array.of(1), inputs, outputs, txData, metadata])))
  }

  function feeError(outputs: RlpItem, nonce: RlpItem = metadata) {
    return errorOf(decodeTransaction(encodeRlp([Uint8Array.of(3), outputs, nonce])))
  }

  test('of a payment’s outputs, the first bad one, unless an amount is a list', () => {
    expect(paymentError([good])).toBeUndefined()
    expect(paymentError([])).toBe('empty_outputs')
    expect(paymentError(zero)).toBe('malformed_outputs')
    expect(paymentError([good, bad.type, bad.guard])).toBe('unrecognized_output_type')
    expect(paymentError([good, bad.guard, bad.type])).toBe('output_guard_cant_be_zero')
    expect(paymentError([bad.typeList, bad.shape])).toBe('unrecognized_output_type')
    expect(paymentError([bad.typeLong])).toBe('encoded_uint_too_big')
    expect(paymentError([bad.currencyList])).toBe('malformed_address')
    expect(paymentError([bad.type, bad.amountList])).toBe('malformed_outputs')
    expect(paymentError([bad.guardAndAmountList])).toBe('output_guard_cant_be_zero')
  })

  test('too many outputs, unless an amount is a list', () => {
    expect(paymentError([bad.type, good, good, good, good])).toBe('too_many_outputs')
    expect(paymentError([good, good, good, good, bad.amountList])).toBe('malformed_outputs')
  })

  test('too many inputs, however they look', () => {
    expect(paymentError([], { inputs: [[], [], [], [], []] })).toBe('too_many_inputs')
    expect(paymentError([], { inputs: [metadata] })).toBe('malformed_inputs')
    expect(paymentError([], { inputs: zero })).toBe('malformed_inputs')
  })

  test('inputs before outputs before data', () => {
    expect(paymentError([bad.type], { inputs: zero, txData: [] })).toBe('malformed_inputs')
    expect(paymentError([bad.type], { txData: [] })).toBe('unrecognized_output_type')
    expect(paymentError([good], { txData: [] })).toBe('malformed_uint256')
    expect(paymentError([good], { txData: Uint8Array.of(7) })).toBe('malformed_tx_data')
  })

  test('of a fee transaction, its outputs before their number before its nonce', () => {
    expect(feeError([good])).toBeUndefined()
    expect(feeError(zero)).toBe('malformed_outputs')
    expect(feeError([])).toBe('tx_cannot_create_output_type')
    expect(feeError([good, bad.type])).toBe('unrecognized_output_type')
    expect(feeError([good, good], zero)).toBe('tx_cannot_create_output_type')
    expect(feeError([good], [])).toBe('malformed_nonce')
  })

  test('signatures before what they sign', () => {
    const unsigned = encodeRlp([[new Uint8Array(64)], Uint8Array.of(9)])

    expect(errorOf(decodeSignedTransaction(unsigned))).toBe('malformed_witnesses')
    expect(errorOf(decodeSignedTransaction(encodeRlp([[[]], Uint8Array.of(1)])))).toBe('malformed_witnesses')
    expect(errorOf(decodeSignedTransaction(encodeRlp([])))).toBe('malformed_transaction')
    expect(errorOf(decodeSignedTransaction(encodeRlp([[]])))).toBe('malformed_transaction')
    expect(errorOf(decodeSignedTransaction(encodeRlp([[], []])))).toBe('unrecognized_transaction_type')
  })
})

test('the hash of a transaction may be known already, or be made by somebody faster', () => {
  const raw = encodePayment({
    inputs: [],
    outputs: [{ outputType: 1, owner: alice.address, currency: ETH, amount: 1n as Wei }],
  })
  const bytes = new Uint8Array(32).fill(0xfa)
  const hash = toHex(bytes) as Hash
  const fast = transactionHasher(() => bytes)

  expect(value(decodeTransaction(raw, fast)).txHash).toBe(hash)
  expect(value(decodeSignedTransaction(encodeSigned(raw, []), () => hash)).transaction.txHash).toBe(hash)
})
