import { describe, expect, test } from '@jest/globals'
import { concatBytes } from '../../src/lib/bytes.ts'
import { checkBlock } from '../../src/plasma/block.ts'
import { keccak } from '../../src/plasma/keccak.ts'
import { MAX_LEAVES, merkleRoot, subtreeRoots } from '../../src/plasma/merkle.ts'
import { recover } from '../../src/plasma/signature.ts'
import type { SignedTransaction } from '../../src/plasma/transaction.ts'
import type { Hash } from '../../src/plasma/units.ts'
import { validateBlock } from '../../src/plasma/validate-block.ts'
import { alice, bob, carol, operator } from '../support/signers.ts'
import { at, fee, framework, pay, payment, rawPayment, signedWith, token } from '../support/transactions.ts'

const otherHash = `0x${'0f'.repeat(32)}` as Hash
const first = payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 7n)])
const second = payment(
  [
    { utxoPos: at(2n), signer: bob },
    { utxoPos: at(3n), signer: carol },
    { utxoPos: at(4n), signer: carol },
  ],
  [pay(alice, 5n)],
)
const unsigned = signedWith(rawPayment([at(5n)], [pay(bob, 1n)]), []).bytes
const truncated = first.bytes.subarray(0, 40)

function served(...transactions: readonly SignedTransaction[]) {
  const hash = merkleRoot(transactions.map(({ transaction }) => transaction.raw))
  return { hash, blknum: 1000n, transactions: transactions.map(({ bytes }) => bytes) }
}

function check(block: ReturnType<typeof served>, requested: { hash?: Hash; blknum?: bigint } = {}) {
  return checkBlock({ requested: { hash: block.hash, blknum: 1000n, ...requested }, served: block, framework })
}

describe('a block by itself', () => {
  test('comes with its transactions, who signed each input, and its nodes', () => {
    const block = served(first, second)
    const checked = check(block)

    expect(checked).toMatchObject({
      ok: true,
      block: {
        blknum: 1000n,
        hash: block.hash,
        transactions: [
          { ...first, signers: [alice.address] },
          { ...second, signers: [bob.address, carol.address, carol.address] },
        ],
        count: 2,
        nodes: subtreeRoots(
          [first, second].map(({ transaction }) => keccak(concatBytes(Uint8Array.of(0), transaction.raw))),
        ),
      },
    })
    if (!checked.ok) throw new Error(checked.finding.errorType)
    expect(checked.block.at(1)).toBe(checked.block.transactions[1])
    for (const txIndex of [2, -1, 0.5]) expect(() => checked.block.at(txIndex)).toThrow(RangeError)
  })

  test('may be empty', () => {
    expect(check(served())).toMatchObject({ ok: true, block: { transactions: [], count: 0, nodes: new Uint8Array(0) } })
  })

  test('must be the one that was asked for, before anything else is looked at', () => {
    const block = { ...served(first), transactions: [truncated] }

    expect(check(block, { hash: otherHash, blknum: 2000n })).toEqual({
      ok: false,
      finding: { errorType: 'bad_returned_hash' },
    })
    expect(check(block, { blknum: 2000n })).toEqual({ ok: false, finding: { errorType: 'bad_returned_number' } })
  })

  test('is named after the last of its bad transactions', () => {
    const block = { ...served(first), transactions: [truncated, first.bytes, unsigned, second.bytes] }

    expect(check(block)).toEqual({ ok: false, finding: { errorType: 'missing_signature', txIndex: 2 } })
  })

  test('must have the root of its transactions in their order', () => {
    const block = { ...served(first, second), transactions: [second.bytes, first.bytes] }

    expect(check(block)).toEqual({ ok: false, finding: { errorType: 'incorrect_hash' } })
  })

  test('with more transactions than a tree has leaves has no root at all', () => {
    const block = { ...served(first), transactions: Array.from({ length: MAX_LEAVES + 1 }, () => truncated) }

    expect(check(block)).toEqual({ ok: false, finding: { errorType: 'incorrect_hash' } })
    expect(validateBlock({ served: block, framework })).toBe('transactions_exceed_block_limit')
  })

  test('may be checked with faster tools, and equal signatures side by side are recovered once', () => {
    const block = served(second)
    let recovered = 0
    let hashed = 0
    const checked = checkBlock({
      requested: block,
      served: block,
      framework,
      recover: (digest, signature) => {
        recovered++
        return recover(digest, signature)
      },
      keccak: (bytes) => {
        hashed++
        return keccak(bytes)
      },
    })

    expect(checked).toMatchObject({
      ok: true,
      block: { transactions: [{ signers: second.signatures.map(() => expect.anything()) }] },
    })
    expect(recovered).toBe(2)
    expect(hashed).toBeGreaterThan(16)
  })

  test('is signed for one framework and no other', () => {
    const block = served(first)
    const checked = checkBlock({ requested: block, served: block, framework: token })

    expect(checked.ok && checked.block.transactions[0]?.signers).not.toContain(alice.address)
  })
})

describe('what /block.validate adds', () => {
  const aliceClaims = fee(1000n, { owner: operator, amount: 3n })
  const tokenClaim = fee(1000n, { owner: operator, amount: 3n, currency: token })

  function validate(...transactions: readonly SignedTransaction[]) {
    return validateBlock({ served: served(...transactions), framework })
  }

  test('a block is not empty', () => {
    expect(validate()).toBe('empty_block')
    expect(validate(first)).toBeUndefined()
  })

  test('fee transactions stand at the end, one a token', () => {
    expect(validate(first, aliceClaims, tokenClaim)).toBeUndefined()
    expect(validate(first, aliceClaims, second)).toBe('unexpected_transaction_type_at_fee_index')
    expect(validate(aliceClaims, first)).toBe('unexpected_transaction_type_at_fee_index')
    expect(validate(first, aliceClaims, tokenClaim, aliceClaims)).toBe('duplicate_fee_transaction_for_ccy')
  })

  test('no output is spent twice in it', () => {
    const again = payment([{ utxoPos: at(1n), signer: alice }], [pay(carol, 7n)])

    expect(validate(first, second, again)).toBe('block_duplicate_inputs')
  })

  test('its root is looked at last', () => {
    const wrong = { ...served(first), hash: otherHash }

    expect(validateBlock({ served: wrong, framework })).toBe('invalid_merkle_root')
    expect(validateBlock({ served: { ...wrong, transactions: [truncated] }, framework })).toBe(
      'malformed_transaction_rlp',
    )
  })
})
