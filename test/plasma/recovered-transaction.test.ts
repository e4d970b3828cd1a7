import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { concatBytes } from '../../src/lib/bytes.ts'
import { transactionRecoverer } from '../../src/plasma/recovered-transaction.ts'
import { sign } from '../../src/plasma/signature.ts'
import { encodePayment, encodeSigned } from '../../src/plasma/encode-transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import { alice, bob, mallory, operator } from '../support/signers.ts'
import { at, fee, framework, pay, payment, rawPayment, signedWith } from '../support/transactions.ts'
import { mutated, paymentFields, signatures } from './arbitraries.ts'

const recoverTransaction = transactionRecoverer({ framework })
const raw = rawPayment([at(1n), at(2n)], [pay(bob, 3n)])
const good = sign(signingHash(raw, framework), alice.privateKey)
const empty = new Uint8Array(65)

function errorWith(...sigs: readonly Uint8Array[]): string | undefined {
  const recovered = recoverTransaction(signedWith(raw, sigs).bytes)
  return recovered.ok ? undefined : recovered.error
}

function withV(v: number): Uint8Array {
  return concatBytes(good.subarray(0, 64), Uint8Array.of(v))
}

describe('a signed transaction by itself', () => {
  test('tells who signed each input, the right one or not', () => {
    const signed = payment(
      [
        { utxoPos: at(1n), signer: alice },
        { utxoPos: at(2n), signer: mallory },
      ],
      [pay(bob, 1n)],
    )

    expect(recoverTransaction(signed.bytes)).toEqual({
      ok: true,
      value: { ...signed, signers: [alice.address, mallory.address] },
    })
  })

  test('has a signature for each input, where 65 zeros are none', () => {
    expect(errorWith(good, good)).toBeUndefined()
    expect(errorWith(good)).toBe('missing_signature')
    expect(errorWith(good, empty)).toBe('missing_signature')
    expect(errorWith(good, good, good)).toBe('superfluous_signature')
    expect(errorWith(good, good, empty)).toBe('signature_corrupt')
    expect(errorWith(good, empty, good)).toBe('signature_corrupt')
  })

  test('is named after the first of its bad signatures', () => {
    expect(errorWith(withV(26), withV(31))).toBe('signature_corrupt')
    expect(errorWith(withV(31), withV(26))).toBe('invalid_recovery_id')
    expect(errorWith(withV(29), withV(26))).toBe('recovery_failure')
    expect(errorWith(good, withV(0))).toBe('signature_corrupt')
    expect(errorWith(good, withV(255))).toBe('invalid_recovery_id')
  })

  test('does not spend an output twice, whatever its signatures', () => {
    const twice = encodeSigned(encodePayment({ inputs: [at(1n), at(1n)], outputs: [pay(bob, 1n)] }), [])

    expect(recoverTransaction(twice)).toEqual({ ok: false, error: 'duplicate_inputs' })
  })

  test('is not signed when it claims fees: elixir-omg crashes on that', () => {
    const claim = fee(1000n, { owner: operator, amount: 1n })

    expect(recoverTransaction(claim.bytes)).toEqual({ ok: true, value: { ...claim, signers: [] } })
    for (const signature of [good, empty]) {
      expect(recoverTransaction(signedWith(claim.transaction, [signature]).bytes)).toEqual({
        ok: false,
        error: 'superfluous_signature',
      })
    }
  })

  test('never makes the check throw, whatever its bytes', () => {
    const honest = fc
      .tuple(paymentFields, signatures)
      .map(([fields, sigs]) => encodeSigned(encodePayment(fields), sigs))
    fc.assert(
      fc.property(fc.oneof(honest, mutated(honest), fc.uint8Array({ maxLength: 200 })), (bytes) => {
        expect(() => recoverTransaction(bytes)).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })
})
