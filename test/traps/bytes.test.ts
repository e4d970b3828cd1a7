import { describe, expect, test } from '@jest/globals'
import { competitorData } from '../../src/exit-game/competitor-data.ts'
import { inFlightExitData } from '../../src/exit-game/exit-data.ts'
import { recoverSigners } from '../../src/exit-game/known-transaction.ts'
import { inputChallenge, outputChallenge } from '../../src/exit-game/piggyback-challenge.ts'
import { standardExitChallenge } from '../../src/exit-game/standard-exit-challenge.ts'
import { concatBytes, toBigInt, uint256 } from '../../src/lib/bytes.ts'
import { checkBlock } from '../../src/plasma/block.ts'
import { merkleRoot } from '../../src/plasma/merkle.ts'
import { decodeRlp, encodeRlp } from '../../src/plasma/rlp.ts'
import { decodeSignedTransaction, type SignedTransaction } from '../../src/plasma/transaction.ts'
import { childChain, exitStarted, gameOf, inFlightExitStarted, piggybacked } from '../support/exits.ts'
import { alice, bob, carol, mallory, operator } from '../support/signers.ts'
import { at, encodeFee, fee, framework, pay, payment, rawPayment, signedWith } from '../support/transactions.ts'

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** The same signatures as somebody makes them who does not keep s low. */
function malleated(signed: SignedTransaction): SignedTransaction {
  const high = signed.signatures.map((signature) =>
    concatBytes(
      signature.subarray(0, 32),
      uint256(ORDER - toBigInt(signature.subarray(32, 64))),
      Uint8Array.of(55 - (signature[64] ?? 0)),
    ),
  )
  return signedWith(signed.transaction, high)
}

/** What the block check says of served bytes under an honest root and number. */
function errorOf(...transactions: readonly Uint8Array[]): unknown {
  const raws = transactions.flatMap((bytes) => {
    const decoded = decodeSignedTransaction(bytes)
    return decoded.ok ? [decoded.value.transaction.raw] : []
  })
  const place = { blknum: 1000n, hash: merkleRoot(raws) }
  const checked = checkBlock({ requested: place, served: { ...place, transactions }, framework })
  return checked.ok ? 'ok' : checked.finding.errorType
}

describe('trap 19: a signature with a high s', () => {
  const chain = childChain()
  const [coin, other] = [chain.deposit(mallory, 10n), chain.deposit(mallory, 4n)]
  const low = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 10n)])
  const hers = chain.block(malleated(low))
  const spend = payment([{ utxoPos: hers, signer: mallory }], [pay(bob, 10n)])
  chain.block(malleated(spend))
  const rival = payment([{ utxoPos: coin, signer: mallory }], [pay(carol, 10n)])
  const facts = {
    game: gameOf(
      exitStarted(chain, coin, 100),
      inFlightExitStarted(chain, rival, 100),
      piggybacked(rival, { side: 'input', index: 0 }, 101),
      inFlightExitStarted(chain, low, 100),
      piggybacked(low, { side: 'output', index: 0 }, 101),
    ),
    evidence: chain.evidence,
  }

  test('counts in a block, and goes into every challenge with a low one', () => {
    expect(standardExitChallenge(facts, coin, framework)).toMatchObject({ ok: true, data: { sig: low.signatures[0] } })
    expect(competitorData(facts, rival.transaction.txHash, framework)).toMatchObject({
      ok: true,
      data: { competing_sig: low.signatures[0] },
    })
    const asked = { index: 0, framework }
    expect(inputChallenge(facts, { ...asked, txHash: rival.transaction.txHash })).toMatchObject({
      ok: true,
      data: { spending_sig: low.signatures[0] },
    })
    expect(outputChallenge(facts, { ...asked, txHash: low.transaction.txHash })).toMatchObject({
      ok: true,
      data: { spending_sig: spend.signatures[0] },
    })
  })

  test('starts an in-flight exit with a low one', () => {
    expect(inFlightExitData(chain.evidence, malleated(rival))).toMatchObject({
      ok: true,
      data: { in_flight_tx_sigs: [rival.signatures[0]] },
    })
  })

  test('is kept with a low one, wherever it was seen', () => {
    const seen = payment([{ utxoPos: other, signer: mallory }], [pay(bob, 4n)])
    const known = recoverSigners(malleated(seen), { framework })
    expect([...known.signatures]).toEqual([[mallory.address, seen.signatures[0]]])
    chain.archive.push(known)
    const asked = { game: gameOf(exitStarted(chain, other, 100)), evidence: chain.evidence }
    expect(standardExitChallenge(asked, other, framework)).toMatchObject({
      ok: true,
      data: { sig: seen.signatures[0] },
    })
  })
})

describe('trap 23: bytes of any shape are a finding, never a crash', () => {
  const claimed = fee(1000n, { owner: operator, amount: 1n })
  const paid = payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 3n)])

  test('a fee transaction that somebody signed', () => {
    const [signature = new Uint8Array(65)] = paid.signatures
    expect(errorOf(signedWith(claimed.transaction, [signature]).bytes)).toBe('superfluous_signature')
  })

  test.each([
    ['no bytes', new Uint8Array(0), 'malformed_transaction'],
    ['a string', Uint8Array.of(0x83, 1, 2, 3), 'malformed_transaction'],
    ['an empty list', encodeRlp([]), 'malformed_transaction'],
    ['signatures alone', encodeRlp([[]]), 'malformed_transaction'],
    ['a list as the type', encodeRlp([[], [Uint8Array.of(1)], [], []]), 'unrecognized_transaction_type'],
    ['a list as a signature', encodeRlp([[[]], Uint8Array.of(1)]), 'malformed_witnesses'],
    ['a length beyond the end', Uint8Array.of(0xf8, 0xff, 1), 'malformed_transaction_rlp'],
  ])('%s', (_what, bytes, error) => {
    expect(errorOf(bytes)).toBe(error)
  })
})

describe('D8: stateless errors have the names that elixir-omg gives them', () => {
  const raw = rawPayment([at(1n)], [pay(bob, 3n)])
  const [good = new Uint8Array(65)] = payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 3n)]).signatures
  const withV = (v: number) => signedWith(raw, [concatBytes(good.subarray(0, 64), Uint8Array.of(v))]).bytes

  test('the last bad transaction of a block names the error', () => {
    const unsigned = signedWith(raw, []).bytes
    expect(errorOf(unsigned, withV(26))).toBe('signature_corrupt')
    expect(errorOf(withV(26), unsigned)).toBe('missing_signature')
  })

  test('v says which signature it is', () => {
    expect([0, 26].map((v) => errorOf(withV(v)))).toEqual(['signature_corrupt', 'signature_corrupt'])
    expect(errorOf(withV(31))).toBe('invalid_recovery_id')
    expect(errorOf(signedWith(raw, [concatBytes(new Uint8Array(64).fill(255), Uint8Array.of(27))]).bytes)).toBe(
      'recovery_failure',
    )
  })

  test('a signature of zeros is none, and no padding', () => {
    expect(errorOf(signedWith(raw, [new Uint8Array(65)]).bytes)).toBe('missing_signature')
    expect(errorOf(signedWith(raw, [good, new Uint8Array(65)]).bytes)).toBe('signature_corrupt')
  })

  test('a list as transaction data is a malformed number', () => {
    const items = decodeRlp(raw.raw)?.item
    if (!items || items instanceof Uint8Array) throw new Error('no list')
    const [type = [], inputs = [], outputs = [], , metadata = []] = items
    expect(errorOf(encodeRlp([[good], type, inputs, outputs, [], metadata]))).toBe('malformed_uint256')
  })
})

describe('D9: the network reads more than the contracts', () => {
  const paid = payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 3n)])

  test('items behind the outer list belong to it, and the leaf is that of the plain form', () => {
    const items = decodeRlp(paid.bytes)?.item
    if (!items || items instanceof Uint8Array) throw new Error('no list')
    const split = concatBytes(encodeRlp(items.slice(0, -1)), encodeRlp(items.at(-1) ?? []))
    expect(split).not.toEqual(paid.bytes)
    expect(errorOf(split)).toBe('ok')
    expect(decodeSignedTransaction(split)).toMatchObject({ ok: true, value: { transaction: paid.transaction } })
  })

  test('payments may create outputs of fees', () => {
    expect(errorOf(payment([{ utxoPos: at(1n), signer: alice }], [{ ...pay(bob, 3n), outputType: 2 }]).bytes)).toBe(
      'ok',
    )
  })

  test('fee transactions may create outputs of payments, but not two', () => {
    const nonce = new Uint8Array(32)
    const output = { ...pay(operator, 1n), outputType: 1 }
    const one = encodeFee(output, nonce)
    const two = decodeRlp(one)?.item
    if (!two || two instanceof Uint8Array) throw new Error('no list')
    const [type = [], outputs = [], rest = []] = two
    const twice = outputs instanceof Uint8Array ? [] : [...outputs, ...outputs]
    expect(errorOf(encodeRlp([[], type, outputs, rest]))).toBe('ok')
    expect(errorOf(encodeRlp([[], type, twice, rest]))).toBe('tx_cannot_create_output_type')
  })
})
